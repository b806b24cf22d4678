import { createHash } from 'node:crypto';
import { Zip, ZipDeflate } from 'fflate';
import type { Chunk } from '../exports/export.js';

/** A zip file has local times without a zone: this one is the same everywhere. */
const TIME = new Date(1980, 0, 1);

/** Text that is compressed together. */
const FLUSH_CHARACTERS = 256 * 1024;

/** A zip file without extensions counts to 4 GiB. */
const BYTES_MAX = 4 * 1024 ** 3 - 1;

type Texts = Iterable<string> | AsyncIterable<string>;

/** A zip file, written a member after the other, none of which is ever whole in memory; it ends with their digests. */
export class Archive {
  readonly #digests = new Map<string, string>();
  readonly #zip: Zip;
  #bytes = 0;

  constructor(write: (chunks: readonly Chunk[]) => void) {
    this.#zip = new Zip((error, bytes) => {
      if (error) throw error;
      write([bytes]);
    });
  }

  /**
   * @returns SHA-256 of the member, in hex
   * @throws RangeError when all members together have more bytes than such a file can tell of
   */
  async add(name: string, texts: Texts): Promise<string> {
    const part = new ZipDeflate(name, { level: 6 });
    part.mtime = TIME;
    this.#zip.add(part);
    const hash = createHash('sha256');
    const flush = (text: string, isLast: boolean): void => {
      const bytes = Buffer.from(text);
      this.#bytes += bytes.length;
      if (this.#bytes > BYTES_MAX) throw new RangeError('The package is too large for a zip file: ask for less in it');
      hash.update(bytes);
      part.push(bytes, isLast);
    };
    let waiting = '';
    for await (const text of texts) {
      waiting += text;
      if (waiting.length < FLUSH_CHARACTERS) continue;
      flush(waiting, false);
      waiting = '';
    }
    flush(waiting, true);
    const digest = hash.digest('hex');
    this.#digests.set(name, digest);
    return digest;
  }

  /** The digests of all members as `sha256sum -c` reads them, and the end of the file. */
  async end(): Promise<void> {
    const names = [...this.#digests.keys()].sort();
    await this.add(
      'SHA256SUMS',
      names.map((name) => `${this.#digests.get(name)}  ${name}\n`),
    );
    this.#zip.end();
  }
}
