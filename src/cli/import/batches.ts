import { createHash, type Hash } from 'node:crypto';
import { CliError } from '../errors.js';
import { prepareLine } from './lines.js';

/** Lines that go to the server in one request. */
export interface Batch {
  readonly body: Buffer;
  /** Of each line sent: its number in the file (1-based) and its command. */
  readonly sent: readonly { readonly lineNumber: number; readonly command: string }[];
  /** Lines of the file up to the end of this batch, and the SHA-256 of them. */
  readonly lines: number;
  readonly sha256: string;
}

export interface BatchBounds {
  readonly lines: number;
  readonly bytes: number;
}

/** Where an earlier run stopped. */
export interface Resume {
  readonly lines: number;
  readonly sha256: string;
}

const NOTHING: Resume = { lines: 0, sha256: '' };

/**
 * Cuts lines into batches bounded by count and by bytes, leaving out blank lines and those that were acknowledged
 * before.
 *
 * @throws CliError `input` when the acknowledged lines are not the ones that the file starts with now.
 */
export async function* cutBatches(
  lines: AsyncIterable<Buffer>,
  bounds: BatchBounds,
  resume: Resume = NOTHING,
): AsyncGenerator<Batch> {
  const hash = createHash('sha256');
  let lineNumber = 0;
  let open = newBatch();
  for await (const line of lines) {
    const isAcknowledged = lineNumber < resume.lines;
    const isBlank = line.toString('latin1').trim() === '';
    const prepared = isAcknowledged || isBlank ? undefined : prepareLine(line, lineNumber + 1);
    // The batch is closed before this line is counted in, so that its hash ends where it does.
    if (prepared && isFull(open, bounds, prepared.bytes.length)) {
      yield closed(open, lineNumber, hash);
      open = newBatch();
    }
    hash.update(line).update('\n');
    lineNumber++;
    if (prepared) {
      open.parts.push(prepared.bytes, NEWLINE);
      open.bytes += prepared.bytes.length + 1;
      open.sent.push({ lineNumber, command: prepared.command });
    }
    if (lineNumber === resume.lines) assertSame(hash, resume);
  }
  if (lineNumber < resume.lines) throw changed(`it has ${lineNumber} lines now, and ${resume.lines} were acknowledged`);
  if (open.sent.length > 0 || lineNumber > resume.lines) yield closed(open, lineNumber, hash);
}

const NEWLINE = Buffer.from('\n');

interface OpenBatch {
  readonly parts: Buffer[];
  readonly sent: { lineNumber: number; command: string }[];
  bytes: number;
}

const newBatch = (): OpenBatch => ({ parts: [], sent: [], bytes: 0 });

const isFull = ({ sent, bytes }: OpenBatch, bounds: BatchBounds, next: number): boolean =>
  sent.length >= bounds.lines || (sent.length > 0 && bytes + next + 1 > bounds.bytes);

const closed = ({ parts, sent }: OpenBatch, lines: number, hash: Hash): Batch => ({
  body: Buffer.concat(parts),
  sent,
  lines,
  sha256: hash.copy().digest('hex'),
});

function assertSame(hash: Hash, resume: Resume): void {
  if (hash.copy().digest('hex') === resume.sha256) return;
  throw changed(`its first ${resume.lines} lines are not the ones that were acknowledged`);
}

const changed = (what: string): CliError =>
  new CliError(
    'input',
    `The file has changed since the import was stopped: ${what}.`,
    'Put the file back as it was, or start from its first line with --restart: lines that are the same as before, at the same place, are not taken twice.',
  );
