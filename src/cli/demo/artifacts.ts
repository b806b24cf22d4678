import { createHash } from 'node:crypto';
import { COMPONENTS } from './story.js';
import { componentOf, versionOf } from './steps.js';

/** The story has no bytes, so the name of an artifact stands in for them: the same digests in every demo. */
export const digestOf = (artifact: string): string => `sha256:${createHash('sha256').update(artifact).digest('hex')}`;

const HOUR_MS = 3_600_000;

/** What a pipeline posts about what it baked at a time, of a commit of up to twelve hours before. */
export function bakeBody(artifact: string, base: string | undefined, bakedAt: Date): Record<string, unknown> {
  const component = componentOf(artifact);
  const { pipeline, layer, kind } = COMPONENTS[component] ?? {
    pipeline: component,
    layer: 'application',
    kind: 'package',
  };
  const seed = createHash('sha1').update(artifact).digest('hex');
  const number = parseInt(seed.slice(0, 6), 16);
  const run = String(1000 + (number % 9000));
  const author = `dev-${(number % 5) + 1}`;
  const committedAt = new Date(bakedAt.getTime() - ((number % 12) + 1) * HOUR_MS).toISOString();
  return {
    digest: digestOf(artifact),
    component,
    version: versionOf(artifact),
    kind,
    layer,
    source: {
      ...{ repository: `https://git.example/shop/${component}`, commit: seed, ref: `v${versionOf(artifact)}` },
      ...{ author, committedAt },
    },
    ...(base !== undefined && { base: digestOf(base) }),
    run: { id: run, url: `https://ci.example/${pipeline}/runs/${run}`, triggeredBy: author },
  };
}

/** Makes what the server says readable: digests become the story's names, or are shortened; so are change ids. */
export class Names {
  private readonly byDigest = new Map<string, string>();

  learn(artifact: string): void {
    this.byDigest.set(digestOf(artifact), artifact);
  }

  of(digest: string): string {
    return this.byDigest.get(digest) ?? shortDigest(digest);
  }

  in(text: string): string {
    return text
      .replace(/sha256:[0-9a-f]{64}/g, (digest) => this.of(digest))
      .replace(/\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '$1…');
  }
}

export const shortDigest = (digest: string): string => `${digest.slice(0, 'sha256:'.length + 12)}…`;
