import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ApiClient } from '../api-client.js';
import { CliError } from '../errors.js';
import { EXIT_CODES } from '../exit-codes.js';
import { startProgress } from '../progress.js';
import { addressInFile } from './address-in-file.js';
import { reportPath } from './paths.js';

interface Issued {
  readonly eventId: string;
  readonly recordedAt: string;
  readonly actor: string;
}

/** Makes the report that the file says to be, from the ledger, and compares every byte. */
export async function checkFile(client: ApiClient, file: string): Promise<void> {
  const mine = await readFile(file);
  const found = addressInFile(mine);
  if (!found) {
    throw new CliError('input', `${file} is no report of Cairn, or is cut off before it says what it was made from.`);
  }
  const { address, format } = found;
  const progress = startProgress('report');
  progress.update(0, 1, `making it again at position ${address.position}`);
  const made = await client.expect({ method: 'GET', path: reportPath(address, format) }).finally(() => progress.stop());
  const scope = `${address.environments.join(', ')}, ${address.from} to ${address.to}, position ${address.position}`;
  if (Buffer.compare(mine, made.bytes) === 0) {
    console.log(`${file} is the true one: ${scope}.`);
    console.log(`SHA-256 ${digestOf(mine)}`);
    await sayWhetherIssued(client, digestOf(mine));
    return;
  }
  const at = firstDifference(mine, made.bytes);
  console.log(`${file} is not the true one: ${scope}.`);
  if (at === mine.length) console.log('It is cut off or damaged: all that is there is true, and the rest is missing.');
  else console.log(`It differs from byte ${at} on (${mine.length} bytes here, ${made.bytes.length} from the ledger).`);
  console.log(`SHA-256 here       ${digestOf(mine)}\nSHA-256 true one   ${digestOf(made.bytes)}`);
  process.exitCode = EXIT_CODES.failed;
}

async function sayWhetherIssued(client: ApiClient, digest: string): Promise<void> {
  const { issued } = await client.expectJson<{ issued: readonly Issued[] }>({
    method: 'GET',
    path: `/reports/check?digest=${digest}`,
  });
  if (issued.length === 0) console.log('It was not issued.');
  for (const { recordedAt, actor, eventId } of issued)
    console.log(`Issued ${recordedAt} by ${actor}, event ${eventId}.`);
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Counted from 0; the length of the shorter one where it is the beginning of the other. */
function firstDifference(left: Uint8Array, right: Uint8Array): number {
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at++) if (left[at] !== right[at]) return at;
  return shorter;
}
