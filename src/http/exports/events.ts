import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ReportEnvelope, type CommandResult } from '../../commands/envelope.js';
import { eventIdFor } from '../../commands/event-id.js';
import type { EvidenceExported } from '../../domain/report/events.js';
import type { EventReader } from '../../event-store/port.js';
import { Views } from '../../views/views.js';
import { EVENT_STORE } from '../injection.js';
import { defined } from '../mapping/defined.js';
import { throwUnlessAccepted } from '../problems/results.js';
import type { ExportRecord } from './record.js';

/** What decides whether a request under the same key is the same. */
export interface WrittenExport extends Pick<EvidenceExported['data'], 'format' | 'query' | 'position'> {
  /** `null` once erased. */
  readonly note?: string | null;
}

/** Tells the ledger what was exported, and finds it there. */
@Injectable()
export class ExportEvents {
  constructor(
    private readonly commands: CommandBus,
    private readonly views: Views,
    @Inject(EVENT_STORE) private readonly events: EventReader,
  ) {}

  /** Also of an export whose file was removed since. */
  async find(actor: string, id: string): Promise<WrittenExport | undefined> {
    const event = await this.events.findById(eventIdFor(actor, id));
    if (event?.type !== 'EvidenceExported.v1') return undefined;
    const data = JSON.parse(event.data) as EvidenceExported['data'];
    const remarks = event.remarks === null ? null : (JSON.parse(event.remarks) as EvidenceExported['remarks']);
    return { ...data, ...defined({ note: remarks === null ? null : remarks.reason }) };
  }

  /**
   * Writes `EvidenceExported` in the name of who asked. The key is the export's own id, so that it is written once
   * however often a crash makes the server try.
   */
  async record(record: ExportRecord): Promise<NonNullable<ExportRecord['event']>> {
    const { id, actor, what, format, query, position, result, note } = record;
    if (!result) throw new Error(`export ${id} has no file yet`);
    const facts: EvidenceExported['data'] = { id, what, format, query, position, ...result };
    const command = { kind: 'record-export', facts, remarks: defined({ reason: note }) } as const;
    const envelope = { actor, channel: 'api', idempotencyKey: id } as const;
    const answer = await this.commands.execute<ReportEnvelope, CommandResult>(new ReportEnvelope(command, envelope));
    const { receipt } = throwUnlessAccepted(answer);
    this.views.notify(receipt.position);
    return { eventId: receipt.eventId, position: receipt.position, recordedAt: receipt.recordedAt };
  }
}
