import { createHash } from 'node:crypto';
import { unzipSync, type UnzipFileInfo } from 'fflate';
import { LedgerError } from '../../errors.js';
import type { Findings } from '../findings.js';

/** A package of a hundred thousand events has some 400 MB. */
const TOTAL_BYTES_MAX = 2 ** 30;
/** Three a key, and eight others. */
const ENTRIES_MAX = 1_000;
/** What the lines of a package are packed to is a tenth; more than a hundredth is made to fill a memory. */
const RATIO_MAX = 200;
const SMALL_BYTES = 2 ** 20;

const SUMS = 'SHA256SUMS';
const NEEDED = ['index.html', 'manifest.json', 'checkpoint', 'leaves.ndjson', 'proofs.txt', 'events.ndjson', SUMS];
const KEY_MEMBER = /^keys\/(0|[1-9]\d{0,3})\.(vkey|pem|rotation)$/;

/** Name → bytes. */
export type Members = ReadonlyMap<string, Buffer>;

/**
 * Unpacks a package in memory, nothing of it being written anywhere, within bounds that are looked at before.
 *
 * @throws LedgerError `malformed-package` for what is no ZIP file, or one that is larger than any package
 */
export function unpack(zip: Uint8Array): Members {
  const names = new Set<string>();
  let total = 0;
  const check = ({ name, size, originalSize }: UnzipFileInfo): boolean => {
    if (names.has(name)) throw malformed(`has two members ${JSON.stringify(name)}`);
    names.add(name);
    total += originalSize;
    if (names.size > ENTRIES_MAX) throw malformed(`has more than ${ENTRIES_MAX} members`);
    if (total > TOTAL_BYTES_MAX) throw malformed(`unpacks to more than ${TOTAL_BYTES_MAX} bytes`);
    if (originalSize > SMALL_BYTES && originalSize > size * RATIO_MAX)
      throw malformed(`has a member that unpacks to far more than it is`);
    return true;
  };
  try {
    const members = Object.entries(unzipSync(zip, { filter: check }));
    return new Map(members.map(([name, bytes]) => [name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)]));
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    throw malformed(`is no ZIP file: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** That the members are those of a package, each in UTF-8 and with the sum that the package has of it. */
export function checkMembers(members: Members, findings: Findings): void {
  const wrong = (what: string): void => findings.add('members', 'wrong-member', what);
  for (const name of NEEDED) if (!members.has(name)) wrong(`${name} is not there`);
  for (const [name, bytes] of members) {
    if (!NEEDED.includes(name) && !KEY_MEMBER.test(name)) wrong(`${JSON.stringify(name)} is no member of a package`);
    if (!isUtf8(bytes)) wrong(`${JSON.stringify(name)} is not UTF-8`);
  }
  checkSums(members, wrong);
  findings.looked('members', `${members.size} members, each with its SHA-256`);
}

function checkSums(members: Members, wrong: (what: string) => void): void {
  const listed = new Set<string>();
  for (const line of members.get(SUMS)?.toString().split('\n').slice(0, -1) ?? []) {
    const [, sum = '', name = ''] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    const bytes = members.get(name);
    if (name === '') wrong(`${SUMS} has a line that is none: ${JSON.stringify(line.slice(0, 100))}`);
    else if (!bytes || listed.has(name))
      wrong(`${SUMS} names ${JSON.stringify(name)}, ${bytes ? 'twice' : 'which is not there'}`);
    else if (createHash('sha256').update(bytes).digest('hex') !== sum)
      wrong(`${name} has another SHA-256 than ${SUMS} says`);
    listed.add(name);
  }
  for (const name of members.keys())
    if (name !== SUMS && !listed.has(name)) wrong(`${SUMS} does not name ${JSON.stringify(name)}`);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const malformed = (problem: string, options?: ErrorOptions): LedgerError =>
  new LedgerError('malformed-package', `The package ${problem}`, options);
