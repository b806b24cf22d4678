import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { canonicalize } from '../../commands/canonical.js';
import { eventIdFor, newEventId } from '../../commands/event-id.js';
import { PDF_FIELDS, PDF_FIELDS_MAX, ROWS_MAX } from '../../reports/exports/export.js';
import { CHANGE_FIELDS, type ChangeField } from '../../views/changes/row.js';
import { Views } from '../../views/views.js';
import { callerOf } from '../access/authenticate.js';
import type { StartExportDto } from '../dto/changes.js';
import type { PositionQuery } from '../dto/queries.js';
import { invalidRequest } from '../input/read-dto.js';
import { idempotencyKeyOf } from '../input/request.js';
import { defined } from '../mapping/defined.js';
import { fieldsOf, toFilter, toQuery } from '../mapping/population.js';
import { problem } from '../problems/problem.js';
import { Reads } from '../reads/reads.js';
import { ExportEvents, type WrittenExport } from './events.js';
import { Exports } from './exports.js';
import type { ChangesAsked, EvidenceAsked, ExportRecord } from './record.js';

/** Reads what is asked of an export, and starts it unless the same key has done so before. */
@Injectable()
export class ExportRequests {
  constructor(
    @Inject(Exports) private readonly exports: Exports,
    private readonly reads: Reads,
    private readonly views: Views,
    private readonly events: ExportEvents,
  ) {}

  /** @throws HttpProblem for what cannot be exported, or a key that came before with another request */
  async start(body: StartExportDto, request: FastifyRequest): Promise<{ record: ExportRecord; repeated: boolean }> {
    const asked = askedOf(body);
    return this.begin(asked, body, request, (position) => this.checkRows(asked, position));
  }

  /**
   * Starts what is asked unless the same key has done so before; `check` throws for what cannot be had at a position.
   *
   * @throws HttpProblem as `check`, and for a key that came before with another request
   */
  async begin(
    asked: ChangesAsked | EvidenceAsked,
    body: PositionQuery & { readonly note?: string },
    request: FastifyRequest,
    check: (position: number) => Promise<void>,
  ): Promise<{ record: ExportRecord; repeated: boolean }> {
    const { subject } = callerOf(request);
    const key = idempotencyKeyOf(request);
    // Not the key itself: the event of an export has the export's id for a key, and is another thing.
    const id = key === undefined ? newEventId() : eventIdFor(subject, `export\n${key}`);
    const given = defined({ note: body.note });
    const before = this.exports.get(id) ?? (await this.events.find(subject, id));
    const position = body.asOf === undefined && before ? before.position : (await this.reads.evidence(body)).position;
    if (before && !isSame(before, { ...asked, position, ...given })) {
      throw problem('key-reused', 'This Idempotency-Key came before with another export. Take a new key.');
    }
    const known = this.exports.get(id);
    if (known) return { record: known, repeated: true };
    await check(position);
    const made = { id, status: 'waiting', actor: subject, requestedAt: new Date().toISOString() } as const;
    const record: ExportRecord = { ...made, ...asked, position, ...given };
    this.exports.start(record);
    return { record, repeated: false };
  }

  private async checkRows({ format, query }: ChangesAsked, position: number): Promise<void> {
    const most = ROWS_MAX[format];
    if (most === Infinity) return;
    const rows = await this.views.changes.count(toFilter(query), position, most + 1);
    if (rows <= most) return;
    const detail = `takes at most ${most.toLocaleString('en-US')} rows, and there are more: ask for ndjson or csv`;
    throw invalidRequest([{ field: 'format', detail: `${format} ${detail}` }]);
  }
}

function askedOf(body: StartExportDto): ChangesAsked {
  const { what, format, order = 'asc' } = body;
  const fields = fieldsOf(body.fields) ?? (format === 'pdf' ? printedFields(body) : undefined);
  if (format === 'pdf' && fields && fields.length > PDF_FIELDS_MAX) {
    const detail = `takes at most ${PDF_FIELDS_MAX} fields on a page`;
    throw invalidRequest([{ field: 'fields', detail: `of a pdf: it ${detail}` }]);
  }
  const query = {
    ...toQuery(body),
    ...(fields && { fields }),
    ...(order === 'desc' && { order: [order] }),
  };
  return { what, format, query, order, ...(fields && { fields }) };
}

/** Fewer than all, so that manifest and event have to name them. */
const printedFields = ({ fields }: StartExportDto): readonly ChangeField[] =>
  fields === undefined ? PDF_FIELDS : CHANGE_FIELDS;

const isSame = (before: WrittenExport, now: WrittenExport): boolean =>
  before.format === now.format &&
  before.position === now.position &&
  (before.note === null || before.note === now.note) &&
  canonicalize(before.query) === canonicalize(now.query);
