import { SingleBar } from 'cli-progress';
import { colorsFor } from './terminal.js';

const PLAIN_INTERVAL_MS = 3_000;

export interface Progress {
  /** `done` out of `total`; `note` says the rest (a rate, a count). */
  update(done: number, total: number, note: string): void;
  stop(): void;
}

/** A bar on stderr for a terminal; for anything else a line every few seconds, without control characters. */
export function startProgress(label: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? bar(label, stream) : plainLines(label, stream);
}

function bar(label: string, stream: NodeJS.WriteStream): Progress {
  const colors = colorsFor(stream);
  const single = new SingleBar({
    format: `${label} ${colors.cyan('{bar}')} {percentage} % · {note}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    stopOnComplete: false,
    stream,
    gracefulExit: false,
  });
  single.start(1, 0, { note: '' });
  return {
    update(done, total, note) {
      single.setTotal(Math.max(1, total));
      single.update(Math.min(done, total), { note });
    },
    stop: () => single.stop(),
  };
}

function plainLines(label: string, stream: NodeJS.WriteStream): Progress {
  let shownAt = Date.now();
  return {
    update(done, total, note) {
      if (Date.now() - shownAt < PLAIN_INTERVAL_MS) return;
      shownAt = Date.now();
      const percent = total > 0 ? Math.floor((100 * Math.min(done, total)) / total) : 0;
      stream.write(`${label} ${percent} % · ${note}\n`);
    },
    stop: () => undefined,
  };
}

/** `1234567` as `1,234,567`. */
export const grouped = (count: number): string => Math.round(count).toLocaleString('en-US');
