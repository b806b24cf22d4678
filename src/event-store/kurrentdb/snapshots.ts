import { binaryEvent } from '@eventstore/db-client';
import { LRUCache } from 'lru-cache';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Snapshot } from '../port.js';
import type { Connection } from './connection.js';
import { snapshotStream } from './streams.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** The server takes a mebibyte an append, some of which is not ours. */
const BYTES_MAX = 1_000_000;
const KNOWN_STREAMS = 20_000;

/** Snapshots in streams of their own, compressed, of which the server keeps the newest event only. */
export class Snapshots {
  private readonly prepared = new LRUCache<string, true>({ max: KNOWN_STREAMS });

  constructor(private readonly connection: Connection) {}

  async load(stream: string): Promise<Snapshot | undefined> {
    const [newest] = await this.connection.read(snapshotStream(stream), { backwards: true, maxCount: 1 });
    if (!newest?.event) return undefined;
    const { revision, version } = newest.event.metadata as unknown as Omit<Snapshot, 'state'>;
    const state = await decompress(newest.event.data as Uint8Array);
    return { revision, version, state: state.toString() };
  }

  /** A state that is too large is not kept: it is folded from its events. */
  async save(stream: string, { revision, version, state }: Snapshot): Promise<void> {
    const data = await compress(state);
    if (data.length > BYTES_MAX) return;
    const name = snapshotStream(stream);
    if (!this.prepared.has(name)) await this.connection.keepNewestOnly(name);
    this.prepared.set(name, true);
    await this.connection.put(
      name,
      binaryEvent({ id: randomUUID(), type: 'Snapshot.v1', data, metadata: { revision, version } }),
    );
  }
}
