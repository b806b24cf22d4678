import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const OPENING_BRACE = 0x7b;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export interface Source {
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes of the file that were read until now; for a `.gz` those of the file, not of its content. */
  readonly bytesRead: () => number;
  /** 0 when it cannot be known (stdin). */
  readonly bytesTotal: number;
}

/** Opens a file, a `.gz` through gunzip, or stdin for `-`. */
export function openSource(file: string): Source {
  if (file === '-') {
    let read = 0;
    return { chunks: counted(process.stdin, (bytes) => (read += bytes)), bytesRead: () => read, bytesTotal: 0 };
  }
  const bytesTotal = statSync(file).size;
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  // With pipeline() an error of either stream reaches whoever reads the lines.
  const chunks = file.endsWith('.gz') ? pipeline(raw, createGunzip(), () => undefined) : raw;
  return { chunks: chunks as AsyncIterable<Buffer>, bytesRead: () => raw.bytesRead, bytesTotal };
}

async function* counted(stream: NodeJS.ReadStream, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    onBytes(chunk.length);
    yield chunk;
  }
}

/** The lines as bytes, without their ends and without a byte order mark. A last one without an end counts too. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let isFirst = true;
  const take = (end: Buffer): Buffer => {
    let line = held.length === 0 ? end : Buffer.concat([...held, end]);
    held = [];
    if (isFirst && line.subarray(0, 3).equals(BYTE_ORDER_MARK)) line = line.subarray(3);
    isFirst = false;
    return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield take(chunk.subarray(from, at));
      from = at + 1;
    }
    if (from < chunk.length) held.push(chunk.subarray(from));
  }
  if (held.length > 0) yield take(Buffer.alloc(0));
}

export interface PreparedLine {
  readonly bytes: Buffer;
  /** What the line asks for, for the final table. */
  readonly command: string;
}

/**
 * A line with an `idempotencyKey`, made from its number and its bytes where it has none, so that sending it again
 * gives the same answer again. The bytes are otherwise left as they are: parsing and writing them anew would hide a
 * duplicate key or a number out of range from the server, which answers for what is wrong with a line.
 */
export function prepareLine(line: Buffer, lineNumber: number): PreparedLine {
  const parsed = parseObject(line);
  if (!parsed) return { bytes: line, command: '(unreadable)' };
  const command = typeof parsed.command === 'string' ? parsed.command : '(none)';
  if ('idempotencyKey' in parsed) return { bytes: line, command };
  const key = createHash('sha256').update(`${lineNumber}\n`).update(line).digest('hex');
  const brace = line.indexOf(OPENING_BRACE) + 1;
  const comma = Object.keys(parsed).length > 0 ? ',' : '';
  const inserted = Buffer.from(`"idempotencyKey":"${key}"${comma}`);
  return { bytes: Buffer.concat([line.subarray(0, brace), inserted, line.subarray(brace)]), command };
}

function parseObject(line: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(line.toString('utf8'));
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
