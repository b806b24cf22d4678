import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../problems/to-problem.js';
import { isRecordOf } from './check-record.js';
import type { ExportRecord } from './record.js';

/** Files of exports and their records. A name is used only once its file is whole. */
export class ExportsFolder {
  constructor(
    private readonly path: string,
    private readonly log: Log,
  ) {}

  /** Every record, the oldest first; whatever no record tells of is removed. */
  load(): ExportRecord[] {
    if (!existsSync(this.path)) return [];
    const records = readdirSync(this.path).flatMap((name) => (name.endsWith('.json') ? this.#read(name) : []));
    const known = new Set(records.flatMap((record) => [`${record.id}.json`, `${record.id}.${record.format}`]));
    for (const name of readdirSync(this.path)) {
      if (!known.has(name)) rmSync(join(this.path, name), { force: true, recursive: true });
    }
    return records.sort((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1));
  }

  save(record: ExportRecord): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    chmodSync(this.path, 0o700);
    const unfinished = join(this.path, `${record.id}.json.part`);
    writeFileSync(unfinished, JSON.stringify(record), { mode: 0o600, flush: true });
    renameSync(unfinished, join(this.path, `${record.id}.json`));
  }

  /** Where the file is written until it is whole. */
  unfinished({ id, format }: ExportRecord): string {
    return join(this.path, `${id}.${format}.part`);
  }

  file({ id, format }: ExportRecord): string {
    return join(this.path, `${id}.${format}`);
  }

  /** Whether the file is there with as many bytes as were written. */
  isWhole(record: ExportRecord): boolean {
    return statSync(this.file(record), { throwIfNoEntry: false })?.size === record.result?.bytes;
  }

  finish(record: ExportRecord): void {
    renameSync(this.unfinished(record), this.file(record));
  }

  /** Removes the file, whole or not, and keeps the record. */
  removeFiles(record: ExportRecord): void {
    for (const file of [this.unfinished(record), this.file(record)]) rmSync(file, { force: true });
  }

  remove(record: ExportRecord): void {
    // The record goes first: a file without one is removed at the next start.
    rmSync(join(this.path, `${record.id}.json`), { force: true });
    this.removeFiles(record);
  }

  /** A record that is none is of a disk that lost it; what it asked for can be asked again. */
  #read(name: string): ExportRecord[] {
    try {
      const record: unknown = JSON.parse(readFileSync(join(this.path, name), 'utf8'));
      if (isRecordOf(name.slice(0, -'.json'.length), record)) return [record];
    } catch {
      // It is told of like one that says something else.
    }
    this.log(`${JSON.stringify(name)} is no record of an export: it is removed, with its file`);
    return [];
  }
}
