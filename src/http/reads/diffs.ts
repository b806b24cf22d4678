import { Injectable } from '@nestjs/common';
import type { DiffQuery } from '../dto/queries.js';
import { invalidRequest } from '../input/read-dto.js';
import { KnownGoodReads, type KnownGood } from './known-good-reads.js';
import { Reads, type ResolvedMoment } from './reads.js';

type Service = KnownGood['services'][number];

/** Compares two known-good states: of one environment at two moments, or of two environments at one. */
@Injectable()
export class Diffs {
  constructor(
    private readonly reads: Reads,
    private readonly knownGood: KnownGoodReads,
  ) {}

  async of(environment: string, query: DiffQuery): Promise<{ body: object; isPinned: boolean }> {
    const { against, from, to, asOf, occurredBy, clock } = query;
    if (against !== undefined) {
      if (from !== undefined || to !== undefined || clock !== undefined) {
        throw invalidRequest([{ field: 'against', detail: 'compares at one moment: leave out from, to and clock' }]);
      }
      return this.againstOther(environment, against, query);
    }
    if (from === undefined) {
      throw invalidRequest([{ field: 'from', detail: 'is missing: send from, and to, or against' }]);
    }
    if (asOf !== undefined || occurredBy !== undefined) {
      throw invalidRequest([{ field: 'from', detail: 'and to are the moments: leave out asOf and occurredBy' }]);
    }
    return this.ofTwoMoments(environment, { ...query, from });
  }

  private async againstOther(environment: string, against: string, query: DiffQuery) {
    const moment = await this.reads.moment(query);
    const [before, after] = [await this.knownGood.at(environment, moment), await this.knownGood.at(against, moment)];
    return { body: bodyOf(before, after), isPinned: moment.isPinned };
  }

  private async ofTwoMoments(environment: string, query: DiffQuery & { from: string }) {
    const from = await this.momentOf(query, query.from, 'from');
    const to = await this.momentOf(query, query.to, 'to');
    const [before, after] = [await this.knownGood.at(environment, from), await this.knownGood.at(environment, to)];
    return { body: bodyOf(before, after), isPinned: from.isPinned && to.isPinned };
  }

  private async momentOf(query: DiffQuery, moment: string | undefined, name: string): Promise<ResolvedMoment> {
    const minPosition = query.minPosition === undefined ? {} : { minPosition: query.minPosition };
    const now = await this.reads.moment(minPosition);
    if (moment === undefined) return now;
    if (query.clock !== 'occurred') return this.reads.positionOf(moment, name);
    if (/^\d+$/.test(moment)) {
      throw invalidRequest([{ field: name, detail: 'must be a time where clock is occurred' }]);
    }
    return this.reads.moment({ ...minPosition, occurredBy: moment });
  }
}

function bodyOf(before: KnownGood, after: KnownGood): object {
  const old = new Map(before.services.map((service) => [service.service, service]));
  const now = new Set(after.services.map(({ service }) => service));
  return {
    from: summaryOf(before),
    to: summaryOf(after),
    identical: before.fingerprint === after.fingerprint,
    added: after.services.filter(({ service }) => !old.has(service)).map(shown),
    removed: before.services.filter(({ service }) => !now.has(service)).map(shown),
    changed: after.services.flatMap((service) => {
      const was = old.get(service.service);
      if (!was || was.digest === service.digest) return [];
      return [{ service: service.service, from: shown(was), to: shown(service) }];
    }),
  };
}

function summaryOf({ services, ...summary }: KnownGood): object {
  return { ...summary, services: services.length };
}

const shown = ({ service, component, digest, version, since, changeId }: Service): object => ({
  service,
  component,
  digest,
  version,
  since,
  changeId,
});
