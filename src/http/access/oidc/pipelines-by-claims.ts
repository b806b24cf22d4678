import type { PipelineRegistration } from '../../../domain/pipeline/events.js';
import type { EventReader } from '../../../event-store/port.js';
import type { KnownCaller } from '../caller.js';
import { everyEvent } from '../every-event.js';
import { ClaimsIndex, type BoundPipeline } from './claims-index.js';
import { OidcError, shown } from './errors.js';
import { audienceWrong, isFor, type CallerHints, type CallerResolver } from './oidc-callers.js';
import type { VerifiedToken } from './verify-token.js';

/** Pipelines that are named to whoever has to choose. */
const NAMED_MAX = 10;

/** Whose tokens are trusted, and for whom they must be. */
interface Trusted {
  readonly issuers: readonly string[];
  readonly audience: string;
}

/**
 * The pipelines that come in with tokens of their CI, each known by the claims that its registration names. The ledger's
 * registrations are the truth: they are read at start, and what this process writes is taken over at once.
 */
export class PipelinesByClaims implements CallerResolver {
  readonly issuers: ReadonlySet<string>;
  /** Revisions of the registrations, so that an older one told of later changes nothing. */
  private readonly revisions = new Map<string, number>();
  private readonly bound = new ClaimsIndex();

  constructor(private readonly trusted: Trusted = { issuers: [], audience: '' }) {
    this.issuers = new Set(trusted.issuers);
  }

  static async load(events: Pick<EventReader, 'readCategory'>, trusted?: Trusted): Promise<PipelinesByClaims> {
    const pipelines = new PipelinesByClaims(trusted);
    for await (const { type, data, revision } of everyEvent(events, 'pipeline-')) {
      pipelines.apply(type, JSON.parse(data), revision);
    }
    return pipelines;
  }

  /** Takes over a pipeline's event, told of in any order and any number of times. Of other events it takes nothing. */
  apply(type: string, data: unknown, revision: number): void {
    if (type !== 'PipelineRegistered.v1') return;
    const { id, oidc } = data as PipelineRegistration;
    if ((this.revisions.get(id) ?? -1) >= revision) return;
    this.revisions.set(id, revision);
    this.bound.set(id, oidc);
  }

  /** @throws OidcError `audience-wrong`, `nobody-fits` or `several-fit` */
  resolve(token: VerifiedToken, { pipeline }: CallerHints): KnownCaller {
    const fitting = this.bound
      .fitting(token.issuer, token.claims)
      .filter(({ id }) => pipeline === undefined || id === pipeline);
    const audienceOf = ({ oidc }: BoundPipeline) => oidc.audience ?? this.trusted.audience;
    const meantFor = fitting.filter((candidate) => isFor(token, audienceOf(candidate)));
    const [one] = meantFor;
    if (meantFor.length > 1) throw severalFit(meantFor.map(({ id }) => id));
    if (one) return { id: token.id, subject: `oidc/${one.id}`, role: 'pipeline', pipeline: one.id };
    const [meant] = fitting;
    throw meant ? audienceWrong(audienceOf(meant)) : nobodyFits(token, pipeline);
  }
}

function nobodyFits({ issuer, subject }: VerifiedToken, pipeline: string | undefined): OidcError {
  const whose = pipeline === undefined ? 'No pipeline’s registration' : `No registration of a pipeline ${pipeline}`;
  return new OidcError('nobody-fits', `${whose} fits this token of ${issuer} with the subject ${shown(subject)}.`);
}

function severalFit(ids: readonly string[]): OidcError {
  const named = ids.slice(0, NAMED_MAX).join(', ');
  const message = `More than one pipeline’s registration fits this token: ${named}. Say which with the header Cairn-Pipeline.`;
  return new OidcError('several-fit', message);
}
