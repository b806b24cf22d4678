/**
 * What the benchmarks send: the same requests on every run, from a seed. 300 services go through two chains of four
 * environments.
 */
export const SERVICES = 300;
export const PIPELINE = 'bench';
export const CHAINS = ['a', 'b'].map((region) =>
  ['development', 'test', 'staging', 'production'].map((tier) => `${tier}-${region}`),
);
export const ENVIRONMENTS = CHAINS.flat();

const EPOCH_MS = Date.UTC(2020, 0, 1);
const SECONDS_APART = 30;
const LINES_A_BODY = 1_000;

/** mulberry32: small, quick and the same everywhere. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

const hex = (random, length) => {
  let text = '';
  while (text.length < length) text += random().toString(16).padStart(8, '0');
  return text.slice(0, length);
};

/** Requests of one caller after the other: half bakes, four tenths promotions, one tenth refused. */
export function* singles(seed, services) {
  const random = randomFrom(seed);
  for (let round = 0; ; round++) {
    const chain = CHAINS[random() % CHAINS.length];
    const bakes = Array.from({ length: 5 }, () => bake(random, services[random() % services.length]));
    for (const [index, baked] of bakes.entries()) {
      yield baked;
      if (index < 4) yield promote(chain[index], bakes[0]);
    }
    yield refused(random, round, chain, bakes[1]);
  }
}

/**
 * A long history: every service into every environment first, then three bakes, six promotions and one refusal in
 * turn. Three tenths of the events are distinct digests.
 */
export function* history(seed = 1) {
  const random = randomFrom(seed);
  for (let service = 0; service < SERVICES; service++) {
    const first = bake(random, service);
    yield first;
    for (const environment of ENVIRONMENTS) yield promote(environment, first);
  }
  for (let round = 0; ; round++) {
    const chain = CHAINS[random() % CHAINS.length];
    const bakes = Array.from({ length: 3 }, () => bake(random, random() % SERVICES));
    yield* bakes;
    const depth = round % 2 === 0 ? 4 : 3;
    for (const environment of chain.slice(0, depth)) yield promote(environment, bakes[0]);
    yield promote(chain[0], bakes[1]);
    yield promote(chain[0], bakes[2]);
    if (depth === 3) yield promote(chain[1], bakes[1]);
    yield refused(random, round, chain, bakes[2]);
  }
}

function bake(random, service) {
  const component = `service-${String(service).padStart(3, '0')}`;
  const number = random() % 100_000;
  return {
    kind: 'bake',
    body: {
      digest: `sha256:${hex(random, 64)}`,
      component,
      version: `2.${number}`,
      kind: 'container-image',
      layer: 'application',
      source: { repository: `https://git.example.org/${component}`, commit: hex(random, 40), ref: 'refs/heads/main' },
      run: { id: String(number), url: `https://ci.example.org/${component}/runs/${number}` },
    },
  };
}

function promote(environment, { body }) {
  return {
    kind: 'promote',
    environment,
    body: {
      digest: body.digest,
      strategy: 'all-at-once',
      change: { type: 'standard', reason: `release ${body.version} of ${body.component}`, ticket: 'CHG-10042' },
    },
  };
}

/** In turn a digest that nobody baked and one that skips its stages. */
function refused(random, round, chain, baked) {
  const target = round % 2 === 0 ? { body: { ...baked.body, digest: `sha256:${hex(random, 64)}` } } : baked;
  return { ...promote(chain[3], target), isRefused: true };
}

export const pathOf = ({ kind, environment }) =>
  kind === 'bake' ? '/v1/artifacts' : `/v1/environments/${environment}/promotions`;

/** The same as a line of an import, with the time at which the nth of a history happened. */
export function importLine({ kind, environment, body }, n) {
  const occurredAt = timeOf(n);
  return JSON.stringify({
    command: kind,
    ...(environment && { environment }),
    ...body,
    pipeline: PIPELINE,
    occurredAt,
  });
}

export const timeOf = (n) => new Date(EPOCH_MS + n * SECONDS_APART * 1_000).toISOString();

/** Bodies of `count` lines in all, a thousand each, from the nth of a history on. */
export function* importBodies(requests, count, from = 0) {
  let lines = [];
  for (let n = 0; n < count; n++) {
    lines.push(importLine(requests.next().value, from + n));
    if (lines.length === LINES_A_BODY || n === count - 1) {
      yield { body: `${lines.join('\n')}\n`, count: lines.length };
      lines = [];
    }
  }
}
