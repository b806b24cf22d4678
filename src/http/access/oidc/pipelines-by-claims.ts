import { matchesGlob } from '../../../domain/glob.js';
import type { OidcBinding, PipelineRegistration } from '../../../domain/pipeline/events.js';
import type { EventReader } from '../../../event-store/port.js';
import type { KnownCaller } from '../caller.js';
import { OidcError, shown } from './failure.js';
import { audienceWrong, isFor, type CallerHints, type CallerResolver } from './oidc-callers.js';
import type { VerifiedToken } from './verify-token.js';

const PAGE = 1_000;
/** Pipelines that are named to whoever has to choose. */
const NAMED_MAX = 10;

/** Whose tokens are trusted, and for whom they must be. */
interface Trusted {
  readonly issuers: readonly string[];
  readonly audience: string;
}

interface Registered {
  readonly revision: number;
  readonly oidc: OidcBinding | undefined;
}

/**
 * The pipelines that come in with tokens of their CI, each known by the claims that its registration names. The ledger's
 * registrations are the truth: they are read at start, and what this process writes is taken over at once.
 */
export class PipelinesByClaims implements CallerResolver {
  readonly issuers: ReadonlySet<string>;
  private readonly registered = new Map<string, Registered>();

  constructor(private readonly trusted: Trusted = { issuers: [], audience: '' }) {
    this.issuers = new Set(trusted.issuers);
  }

  static async load(events: Pick<EventReader, 'readCategory'>, trusted?: Trusted): Promise<PipelinesByClaims> {
    const pipelines = new PipelinesByClaims(trusted);
    for (let from = 0; ;) {
      const page = await events.readCategory('pipeline-', from, PAGE);
      for (const { type, data, revision } of page) pipelines.apply(type, JSON.parse(data), revision);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return pipelines;
      from = last.position + 1;
    }
  }

  /** Takes over a pipeline's event, told of in any order and any number of times. Of other events it takes nothing. */
  apply(type: string, data: unknown, revision: number): void {
    if (type !== 'PipelineRegistered.v1') return;
    const { id, oidc } = data as PipelineRegistration;
    const known = this.registered.get(id);
    if (!known || known.revision < revision) this.registered.set(id, { revision, oidc });
  }

  /** @throws OidcError `audience-wrong`, `nobody-fits` or `several-fit` */
  resolve(token: VerifiedToken, { pipeline }: CallerHints): KnownCaller {
    const fitting = this.fitting(token).filter(({ id }) => pipeline === undefined || id === pipeline);
    const audienceOf = ({ oidc }: { oidc: OidcBinding }) => oidc.audience ?? this.trusted.audience;
    const meantFor = fitting.filter((candidate) => isFor(token, audienceOf(candidate)));
    const [one] = meantFor;
    if (meantFor.length > 1) throw severalFit(meantFor.map(({ id }) => id));
    if (one) return { id: token.id, subject: `oidc/${one.id}`, role: 'pipeline', pipeline: one.id };
    const [meant] = fitting;
    throw meant ? audienceWrong(audienceOf(meant)) : nobodyFits(token, pipeline);
  }

  private fitting({ issuer, claims }: VerifiedToken): { id: string; oidc: OidcBinding }[] {
    const found: { id: string; oidc: OidcBinding }[] = [];
    for (const [id, { oidc }] of this.registered) {
      if (oidc?.issuer === issuer && fits(claims, oidc.claims)) found.push({ id, oidc });
    }
    return found;
  }
}

const fits = (claims: VerifiedToken['claims'], globs: OidcBinding['claims']): boolean =>
  Object.entries(globs).every(([name, glob]) => Object.hasOwn(claims, name) && someFits(claims[name], glob));

/** Of a list, one element has to fit. An object has no text to compare. */
const someFits = (value: unknown, glob: string): boolean =>
  [value].flat().some((one) => {
    const isText = typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean';
    return isText && matchesGlob(glob, String(one));
  });

function nobodyFits({ issuer, subject }: VerifiedToken, pipeline: string | undefined): OidcError {
  const whose = pipeline === undefined ? 'No pipeline’s registration' : `No registration of a pipeline ${pipeline}`;
  return new OidcError('nobody-fits', `${whose} fits this token of ${issuer} with the subject ${shown(subject)}.`);
}

function severalFit(ids: readonly string[]): OidcError {
  const named = ids.slice(0, NAMED_MAX).join(', ');
  const message = `More than one pipeline’s registration fits this token: ${named}. Say which with the header Cairn-Pipeline.`;
  return new OidcError('several-fit', message);
}
