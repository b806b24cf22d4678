import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { counted, type Findings } from '../findings.js';

const NEWLINE = 0x0a;
const SUMS = 'SHA256SUMS';
const NEEDED = ['index.html', 'manifest.json', 'checkpoint', 'leaves.ndjson', 'proofs.txt', 'events.ndjson', SUMS];
const KEY_MEMBER = /^keys\/(0|[1-9]\d{0,3})\.(vkey|pem|rotation)$/;

/** Name → bytes. */
export type Members = ReadonlyMap<string, Buffer>;

/** That the members are those of a package, each of whole lines in UTF-8 and with the sum that the package has of it. */
export function checkMembers(members: Members, findings: Findings): void {
  const wrong = (what: string): void => findings.add('members', 'wrong-member', what);
  for (const name of NEEDED) if (!members.has(name)) wrong(`${name} is not there`);
  const keys = keyCount(members);
  for (const [name, bytes] of members) {
    const [, number] = KEY_MEMBER.exec(name) ?? [];
    if (!NEEDED.includes(name) && !(Number(number) < keys)) wrong(`${JSON.stringify(name)} is no member of a package`);
    if (!isUtf8(bytes)) wrong(`${JSON.stringify(name)} is not UTF-8`);
    if (bytes.length > 0 && bytes.at(-1) !== NEWLINE) wrong(`${JSON.stringify(name)} does not end with a newline`);
  }
  checkSums(members, wrong);
  findings.looked('members', `${counted(members.size, 'member')}, each with its SHA-256`);
}

/** Empty for a member that is not there. */
export const textOf = (members: Members, name: string): string => members.get(name)?.toString() ?? '';

/** Keys are numbered from 0, so their number says which there are. */
export const keyCount = (members: Members): number =>
  [...members.keys()].filter((name) => /^keys\/\d+\.vkey$/.test(name)).length;

function checkSums(members: Members, wrong: (what: string) => void): void {
  const listed = new Set<string>();
  let before = '';
  for (const line of members.get(SUMS)?.toString().split('\n').slice(0, -1) ?? []) {
    const [, sum = '', name = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    const bytes = members.get(name);
    if (name === '') wrong(`${SUMS} has a line that is none: ${JSON.stringify(line.slice(0, 100))}`);
    else if (!bytes || listed.has(name))
      wrong(`${SUMS} names ${JSON.stringify(name)}, ${bytes ? 'twice' : 'which is not there'}`);
    else if (createHash('sha256').update(bytes).digest('hex') !== sum)
      wrong(`${name} has another SHA-256 than ${SUMS} says`);
    if (name !== '' && name < before) wrong(`${SUMS} is not sorted by name: ${JSON.stringify(name)}`);
    listed.add(name);
    before = name;
  }
  for (const name of members.keys())
    if (name !== SUMS && !listed.has(name)) wrong(`${SUMS} does not name ${JSON.stringify(name)}`);
}
