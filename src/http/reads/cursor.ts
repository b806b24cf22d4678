import { createHash } from 'node:crypto';
import { problem } from '../problems/problem.js';

/** Where a page ended: at which position the list is read, and after which row. */
export interface Cursor {
  readonly position: number;
  readonly after: number;
}

/** Parameters that may differ from page to page. */
const FREE = new Set(['cursor', 'limit', 'minPosition', 'total', 'populationHash']);

/** Opaque text for the next page, bound to the filters under which it was made. */
export function encodeCursor({ position, after }: Cursor, query: object): string {
  return Buffer.from(JSON.stringify([position, after, filterHash(query)])).toString('base64url');
}

/** @throws HttpProblem `invalid-cursor` for one that was not made for these filters */
export function decodeCursor(cursor: string, query: object): Cursor {
  const [position, after, hash] = parse(cursor);
  const isPlace = Number.isSafeInteger(after);
  if (!Number.isSafeInteger(position) || (position as number) < 0 || !isPlace || typeof hash !== 'string') {
    throw problem('invalid-cursor', 'The cursor is none that an earlier page gave.');
  }
  if (hash !== filterHash(query)) {
    throw problem('invalid-cursor', 'The cursor belongs to other filters. Begin again without it.');
  }
  return { position: position as number, after: after as number };
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function filterHash(query: object): string {
  const filters = Object.entries(query)
    .filter(([name, value]) => !FREE.has(name) && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, 16);
}
