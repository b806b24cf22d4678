import { hash } from 'node:crypto';
import { SALTS_BYTES, type RecordedEvent } from '../event-store/port.js';
import { hashLeaf } from './merkle/hash.js';

/** Version of the leaf's form. */
const LEAF_VERSION = 1;
const SALT_BYTES = SALTS_BYTES / 3;

/** Where a salt and its text are put together, unless they are longer. */
const scratch = Buffer.alloc(64 * 1024);

/**
 * What the ledger's tree has of an event: the RFC 8785 text of its place, its envelope and the hashes of its three
 * texts, each under a salt of its own. So the leaf can be shown and the texts kept back, and a leaf that is shown does
 * not let anybody guess at a text.
 *
 * Written out with its keys in order, as every event of the ledger passes; a test holds it against the definition.
 *
 * An erased event has the leaf that it had before. What stands for its remarks is then taken on trust: only a signed
 * tree can say that the leaf is the same.
 *
 * @throws RangeError for an event that has neither its remarks nor their hash
 */
export function leafText(event: RecordedEvent): string {
  const { id, stream, revision, type, occurredAt, recordedAt, actor, data, meta, salts } = event;
  if (salts.length !== SALTS_BYTES) throw new RangeError(`Event ${id} has ${salts.length} bytes of salts`);
  return (
    `{"actor":${JSON.stringify(actor)},"data":"${salted(salts, 0, data)}","id":${JSON.stringify(id)}` +
    `,"meta":"${salted(salts, 2, meta)}","occurredAt":${JSON.stringify(occurredAt)}` +
    `,"recordedAt":${JSON.stringify(recordedAt)},"remarks":"${remarksHash(event)}","revision":${revision}` +
    `,"stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)},"v":${LEAF_VERSION}}`
  );
}

/** RFC 6962, 2.1: SHA-256(0x00 ‖ leaf). */
export const leafHash = (event: RecordedEvent): Buffer => hashLeaf(leafText(event));

/**
 * What a leaf has of an event's remarks, erased or not: SHA-256(salt ‖ text) in hex.
 *
 * @throws RangeError for an event that has neither its remarks nor their hash
 */
export function remarksHash({ id, remarks, remarksHash: kept, salts }: RecordedEvent): string {
  if (remarks !== null) return salted(salts, 1, remarks);
  if (kept === undefined) throw new RangeError(`The remarks of event ${id} are gone, and their hash is not at hand`);
  return kept;
}

/** SHA-256(salt ‖ text) in hex. The salts stand in the order `data`, `remarks`, `meta`. */
function salted(salts: Uint8Array, index: number, text: string): string {
  // A code unit of a text is at most three bytes of UTF-8.
  const bytesMax = SALT_BYTES + 3 * text.length;
  const bytes = bytesMax <= scratch.length ? scratch : Buffer.allocUnsafe(bytesMax);
  // Byte by byte: for sixteen of them, a view of the salts takes longer than the copy.
  for (let at = 0; at < SALT_BYTES; at++) bytes[at] = salts[index * SALT_BYTES + at] as number;
  const end = SALT_BYTES + bytes.write(text, SALT_BYTES);
  return hash('sha256', bytes.subarray(0, end), 'hex');
}
