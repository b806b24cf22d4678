import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { StoreError } from '../../event-store/port.js';
import { WorkshopBusyError } from '../../reports/workshop/workshop.js';
import { isDatabaseAway } from '../../views/database/away.js';
import { EXPORTS_SETTINGS, LOG } from '../injection.js';
import { EXPORTS_KEPT_MAX, EXPORTS_WAITING_MAX } from '../limits.js';
import { problem } from '../problems/problem.js';
import type { Log } from '../problems/to-problem.js';
import { ExportEvents } from './events.js';
import { ExportsFolder } from './folder.js';
import type { ExportRecord, Progress } from './record.js';
import { ExportFiles } from './render.js';

export interface ExportsSettings {
  readonly folder: string;
  /** Finished files that are kept; beyond it the oldest go. */
  readonly keptBytes: number;
}

/**
 * Exports from their request to their file. Each is written in the workshop, one after the other, then told to the
 * ledger, and handed out only then. What a stop or a crash interrupts begins again at the next start.
 */
@Injectable()
export class Exports implements OnApplicationBootstrap {
  private readonly folder: ExportsFolder;
  private readonly records = new Map<string, ExportRecord>();
  private readonly progress = new Map<string, Progress>();
  private readonly ends = new Map<string, Promise<void>>();

  constructor(
    @Inject(EXPORTS_SETTINGS) private readonly settings: ExportsSettings,
    @Inject(LOG) private readonly log: Log,
    private readonly events: ExportEvents,
    private readonly files: ExportFiles,
  ) {
    this.folder = new ExportsFolder(settings.folder, log);
  }

  onApplicationBootstrap(): void {
    for (const record of this.folder.load()) {
      this.records.set(record.id, record);
      if (record.status === 'waiting' || record.status === 'running') this.begin(record);
    }
  }

  /** @throws HttpProblem `too-many-requests` */
  start(record: ExportRecord): void {
    if (this.ends.size >= EXPORTS_WAITING_MAX) {
      throw problem('too-many-requests', `${EXPORTS_WAITING_MAX} exports are waiting already.`);
    }
    this.keep(record);
    this.begin(record);
  }

  get(id: string): ExportRecord | undefined {
    return this.records.get(id);
  }

  progressOf(id: string): Progress | undefined {
    return this.progress.get(id);
  }

  /** The file of one that is done; one that was lost or damaged is forgotten, so that it can be made again. */
  fileOf(record: ExportRecord): string | undefined {
    if (this.folder.isWhole(record)) return this.folder.file(record);
    this.log(`export ${record.id}: its file is not what was written, and is removed`);
    this.forget(record);
    return undefined;
  }

  /** Until it is done or has failed, at the latest after `timeoutMs`. */
  async waitFor(id: string, timeoutMs: number): Promise<void> {
    const end = this.ends.get(id);
    if (!end || timeoutMs <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([end, new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
    clearTimeout(timer);
  }

  private begin(record: ExportRecord): void {
    const end = this.run(record)
      .catch((error: unknown) => this.failed(record, error))
      // Not even that could be written down: the next start finds the export as it was.
      .catch((error: unknown) => this.log(`export ${record.id}: ${String(error)}`))
      .finally(() => {
        this.ends.delete(record.id);
        this.progress.delete(record.id);
      });
    this.ends.set(record.id, end);
  }

  private async run(record: ExportRecord): Promise<void> {
    const written = record.result ? record : await this.write(record);
    const event = await this.events.record(written);
    this.keep({ ...written, status: 'done', event });
    this.makeRoom(record.id);
  }

  private async write(record: ExportRecord): Promise<ExportRecord> {
    const onProgress = (done: number, total: number): void => {
      if (!this.progress.has(record.id)) this.keep({ ...record, status: 'running' });
      this.progress.set(record.id, { done, total });
    };
    const result = await this.files.write(record, this.folder.unfinished(record), onProgress);
    this.folder.finish(record);
    const written = { ...record, status: 'running', result } as const;
    this.keep(written);
    return written;
  }

  private failed(record: ExportRecord, error: unknown): void {
    // The server is stopping, or the store or the views' database is away: the next start goes on with it.
    if (error instanceof WorkshopBusyError || error instanceof StoreError || isDatabaseAway(error)) return;
    const why = error instanceof Error ? error.message : String(error);
    this.log(`export ${record.id} failed: ${why}`);
    this.folder.removeFiles(record);
    this.keep({ ...record, status: 'failed', error: 'It could not be written. The server’s log says why.' });
  }

  private keep(record: ExportRecord): void {
    this.folder.save(record);
    this.records.set(record.id, record);
  }

  /** Removes the oldest that have ended, but not the newest: what is asked again at its position is the same again. */
  private makeRoom(newest: string): void {
    const ended = [...this.records.values()].filter(({ id }) => id !== newest && !this.ends.has(id));
    const sizeOf = ({ result }: ExportRecord): number => result?.bytes ?? 0;
    let bytes = [...this.records.values()].reduce((sum, record) => sum + sizeOf(record), 0);
    for (const record of ended) {
      if (bytes <= this.settings.keptBytes && this.records.size <= EXPORTS_KEPT_MAX) return;
      this.forget(record);
      bytes -= sizeOf(record);
    }
  }

  private forget(record: ExportRecord): void {
    this.folder.remove(record);
    this.records.delete(record.id);
  }
}
