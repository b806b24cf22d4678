import { Inject, Injectable } from '@nestjs/common';
import type { SealedLedger } from '../../ledger/sealed-ledger.js';
import type { ExportResult } from '../../reports/exports/render-export.js';
import type { Workshop } from '../../reports/workshop/workshop.js';
import { EXPORTS_WORKSHOP, SEALED_LEDGER } from '../injection.js';
import { PACKAGE_SEAL_WAIT_MS } from '../limits.js';
import { defined } from '../mapping/defined.js';
import { scopeOfQuery, withheldOfQuery } from '../mapping/evidence.js';
import { toFilter } from '../mapping/population.js';
import { factsOf } from './describe.js';
import type { ExportRecord } from './record.js';

type OnProgress = (done: number, total: number) => void;

/** Has the file of an export written in the workshop. */
@Injectable()
export class ExportFiles {
  constructor(
    @Inject(EXPORTS_WORKSHOP) private readonly workshop: Workshop,
    @Inject(SEALED_LEDGER) private readonly ledger: SealedLedger,
  ) {}

  write(record: ExportRecord, file: string, onProgress: OnProgress): Promise<ExportResult> {
    return record.what === 'evidence' ? this.package(record, file, onProgress) : this.rows(record, file, onProgress);
  }

  private rows(record: ExportRecord & { what: 'changes' }, file: string, onProgress: OnProgress) {
    const { query, position, format, order, fields } = record;
    const asked = defined({ filter: toFilter(query), position, format, order, fields });
    return this.workshop.run('renderExport', { ...asked, file, facts: factsOf(record) }, { onProgress });
  }

  private async package({ query, position }: ExportRecord, file: string, onProgress: OnProgress) {
    // Asked again: what goes on after a start can be here before the sealer is.
    const isSealed = await this.ledger.waitFor(position, PACKAGE_SEAL_WAIT_MS);
    const seal = this.ledger.newest();
    if (!isSealed || !seal) throw new Error(`no checkpoint covers position ${position}`);
    const { origin } = this.ledger;
    const scope = { ...scopeOfQuery(query), position };
    const input = { ...scope, query, withhold: withheldOfQuery(query), origin, seal, keys: this.ledger.keys(), file };
    return this.workshop.run('renderEvidence', input, { onProgress });
  }
}
