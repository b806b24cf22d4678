import { hash } from 'node:crypto';
import { SALTS_BYTES, type RecordedEvent } from '../event-store/port.js';
import { hashLeaf } from './merkle/hash.js';

/** Version of the leaf's form. */
const LEAF_VERSION = 1;
const SALT_BYTES = SALTS_BYTES / 3;

/**
 * What the ledger's tree has of an event: the RFC 8785 text of its place, its envelope and the hashes of its three
 * texts, each under a salt of its own. So the leaf can be shown and the texts kept back, and a leaf that is shown does
 * not let anybody guess at a text.
 *
 * Written out with its keys in order, as every event of the ledger passes; a test holds it against the definition.
 *
 * @throws RangeError for an event whose remarks were erased: what they were cannot be hashed any more
 */
export function leafText(event: RecordedEvent): string {
  const { id, stream, revision, type, occurredAt, recordedAt, actor, data, remarks, meta, salts } = event;
  if (remarks === null) throw new RangeError(`The remarks of event ${id} were erased, and their hash is not at hand`);
  if (salts.length !== SALTS_BYTES) throw new RangeError(`Event ${id} has ${salts.length} bytes of salts`);
  return (
    `{"actor":${JSON.stringify(actor)},"data":"${salted(salts, 0, data)}","id":${JSON.stringify(id)}` +
    `,"meta":"${salted(salts, 2, meta)}","occurredAt":${JSON.stringify(occurredAt)}` +
    `,"recordedAt":${JSON.stringify(recordedAt)},"remarks":"${salted(salts, 1, remarks)}","revision":${revision}` +
    `,"stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)},"v":${LEAF_VERSION}}`
  );
}

/** RFC 6962, 2.1: SHA-256(0x00 ‖ leaf). */
export const leafHash = (event: RecordedEvent): Buffer => hashLeaf(leafText(event));

/** SHA-256(salt ‖ text) in hex. The salts stand in the order `data`, `remarks`, `meta`. */
function salted(salts: Uint8Array, index: number, text: string): string {
  // In one piece: a hash that is made in steps is an object to be collected, of which every event would leave three.
  const bytes = Buffer.allocUnsafe(SALT_BYTES + Buffer.byteLength(text));
  bytes.set(salts.subarray(index * SALT_BYTES, (index + 1) * SALT_BYTES));
  bytes.write(text, SALT_BYTES);
  return hash('sha256', bytes, 'hex');
}
