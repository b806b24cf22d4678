import { SALTS_BYTES, type RecordedEvent } from '../../event-store/port.js';

/** What an event says, each under a salt of its own, so that each can be shown or kept back. In order of their names. */
export const PARTS = ['data', 'meta', 'remarks'] as const;
export type Part = (typeof PARTS)[number];

const SALT_BYTES = SALTS_BYTES / 3;
/** Where the salt of each stands. */
const SALT_OF: Readonly<Record<Part, number>> = { data: 0, remarks: 1, meta: 2 };

/** `12 0f3c… a41b…`: a position, and the hashes that lead from its leaf to the root, the lowest first. */
export const proofLine = (position: number, hashes: readonly Uint8Array[]): string =>
  [position, ...hashes.map((hash) => Buffer.from(hash).toString('hex'))].join(' ');

/** The salt of a text, in hex. */
export const saltOf = ({ salts }: Pick<RecordedEvent, 'salts'>, part: Part): string =>
  Buffer.from(salts.subarray(SALT_OF[part] * SALT_BYTES, (SALT_OF[part] + 1) * SALT_BYTES)).toString('hex');

/** The texts of the event that a package shows: neither kept back nor erased. */
export const shownParts = (event: RecordedEvent, withheld: ReadonlySet<Part>): Part[] =>
  PARTS.filter((part) => event[part] !== null && !withheld.has(part));

/** The texts that are kept back. What was erased is not: there is nothing to keep. */
export const keptParts = (event: RecordedEvent, withheld: ReadonlySet<Part>): Part[] =>
  PARTS.filter((part) => event[part] !== null && withheld.has(part));

/**
 * What is disclosed of an event, as RFC 8785 text: its texts are canonical already and stand in it as they are, so that
 * their bytes can be cut out of the line and hashed.
 */
export function eventLine(event: RecordedEvent, withheld: ReadonlySet<Part>): string {
  const shown = shownParts(event, withheld);
  const kept = keptParts(event, withheld);
  const textOf = (part: Part): string[] => (shown.includes(part) ? [`"${part}":${event[part]}`] : []);
  const salts = shown.map((part) => `"${part}":"${saltOf(event, part)}"`);
  const members = [
    ...textOf('data'),
    ...(event.remarks === null ? ['"erased":true'] : []),
    ...textOf('meta'),
    `"position":${event.position}`,
    ...textOf('remarks'),
    `"salts":{${salts.join(',')}}`,
    ...(kept.length > 0 ? [`"withheld":${JSON.stringify(kept)}`] : []),
  ];
  return `{${members.join(',')}}`;
}
