import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ReportEnvelope, type CommandResult } from '../../commands/envelope.js';
import type { EvidenceExported } from '../../domain/report/events.js';
import { Views } from '../../views/views.js';
import { defined } from '../mapping/defined.js';
import { throwUnlessAccepted } from '../problems/results.js';
import type { ExportRecord } from './record.js';

/** Tells the ledger what was exported. */
@Injectable()
export class ExportEvents {
  constructor(
    private readonly commands: CommandBus,
    private readonly views: Views,
  ) {}

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
