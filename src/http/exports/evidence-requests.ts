import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { SealedLedger } from '../../ledger/sealed-ledger.js';
import { LEAVES_MAX } from '../../reports/evidence/gather.js';
import type { Workshop } from '../../reports/workshop/workshop.js';
import type { StartEvidenceDto } from '../dto/evidence.js';
import { REPORTS_WORKSHOP, SEALED_LEDGER } from '../injection.js';
import { invalidRequest } from '../input/read-dto.js';
import { PACKAGE_SEAL_WAIT_MS } from '../limits.js';
import { scopeOfQuery, toEvidenceQuery } from '../mapping/evidence.js';
import { problem } from '../problems/problem.js';
import { PACKAGE_FILE, type EvidenceAsked, type ExportRecord } from './record.js';
import { ExportRequests } from './requests.js';

/** Names that single out events or changes; a filter beside them would only seem to do something. */
const SINGLING = ['event', 'changeId'] as const;
/** What says how they are shown. */
const SHAPING = new Set(['completeness', 'withhold']);

/** Reads what is asked of an evidence package, and has it made like any other export. */
@Injectable()
export class EvidenceRequests {
  constructor(
    private readonly requests: ExportRequests,
    @Inject(REPORTS_WORKSHOP) private readonly workshop: Workshop,
    @Inject(SEALED_LEDGER) private readonly ledger: SealedLedger,
  ) {}

  /** @throws HttpProblem as {@link ExportRequests.start}; for events that no checkpoint covers in time `unavailable` */
  start(body: StartEvidenceDto, request: FastifyRequest): Promise<{ record: ExportRecord; repeated: boolean }> {
    const asked: EvidenceAsked = { what: 'evidence', format: PACKAGE_FILE, query: toEvidenceQuery(body) };
    checkSelection(asked);
    return this.requests.begin(asked, body, request, async (position) => {
      await this.checkLeaves(asked, position);
      await this.checkSeal(position);
    });
  }

  private async checkLeaves({ query }: EvidenceAsked, position: number): Promise<void> {
    const scope = { ...scopeOfQuery(query), position };
    const { leaves, unknown } = await this.workshop.run('countEvidence', scope);
    const field = Object.keys(query).find((name) => !SHAPING.has(name)) ?? 'from';
    if (unknown.length > 0) {
      throw invalidRequest([{ field, detail: `is not known at position ${position}: ${unknown.join(', ')}` }]);
    }
    if (leaves === 0)
      throw invalidRequest([{ field, detail: `with the rest fits nothing up to position ${position}` }]);
    if (leaves <= LEAVES_MAX) return;
    const most = `a package takes at most ${LEAVES_MAX.toLocaleString('en-US')} leaves, and this would have more`;
    const shorter = 'Name a shorter time with from and to, an environment or a service';
    throw invalidRequest([
      scope.isRange
        ? { field: 'completeness', detail: `range takes all events from the first to the last: ${most}. ${shorter}` }
        : { field, detail: `with the rest fits too much: ${most}. ${shorter}` },
    ]);
  }

  private async checkSeal(position: number): Promise<void> {
    if (await this.ledger.waitFor(position, PACKAGE_SEAL_WAIT_MS)) return;
    const { state, detail } = this.ledger.status();
    const why = detail === undefined ? state : `${state}: ${detail.replace(/\.$/, '')}`;
    throw problem('unavailable', `No signed checkpoint covers position ${position} yet. The sealer is ${why}.`);
  }
}

function checkSelection({ query }: EvidenceAsked): void {
  const single = SINGLING.find((name) => query[name]);
  const other = Object.keys(query).find((name) => name !== single && !SHAPING.has(name));
  if (single === undefined || other === undefined) return;
  throw invalidRequest([
    { field: other, detail: `cannot be asked together with ${single}, which names what is wanted` },
  ]);
}
