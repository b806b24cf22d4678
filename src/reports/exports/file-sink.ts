import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { Chunk } from './export.js';

/** A file that only its owner can read, written in this thread, which has nothing else to do, and hashed on the way. */
export class FileSink {
  readonly #hash: Hash | undefined;
  readonly #file: number;
  #bytes = 0;
  #isOpen = true;

  constructor(path: string, { isHashed }: { readonly isHashed: boolean }) {
    this.#hash = isHashed ? createHash('sha256') : undefined;
    this.#file = openSync(path, 'w', 0o600);
  }

  write(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      this.#hash?.update(bytes);
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
      this.#bytes += bytes.length;
    }
  }

  end(): { bytes: number; digest: string | undefined } {
    fsyncSync(this.#file);
    return { bytes: this.#bytes, digest: this.#hash?.digest('hex') };
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }
}
