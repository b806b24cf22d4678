import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sendImport } from '../support/import.js';
import { remove, startProduct, temporaryFolder, timeCommand, untilSeen } from '../support/process.js';
import { mb, median, ms, quantile, rate } from '../support/stats.js';
import { randomFrom } from '../support/workload.js';

/**
 * One ledger of many environments beside one of ten, with as many events: what each costs, in turns inside one run.
 *
 *     npm run -s build && node bench/scale/environments.js --environments 10000
 */
const { values: options } = parseArgs({
  options: { environments: { type: 'string', default: '10000' }, promotions: { type: 'string', default: '100000' } },
});
const MANY = Number(options.environments);
const PROMOTIONS = Number(options.promotions);
const FEW = 10;
const SERVICES = 10;
const DIGESTS_A_SERVICE = 20;
const LINES_A_BODY = 1_000;
const READS = 300;
const SECONDS_APART = 20;

/** Running servers, so that none outlives this process. */
const started = new Set();
const folders = [];
const ledgers = {};
await main();

async function main() {
  try {
    ledgers.few = await grow(FEW);
    ledgers.many = await grow(MANY);
    for (const ledger of Object.values(ledgers)) await restart(ledger);
    await inTurns();
    report();
    for (const { server } of Object.values(ledgers)) await stop(server);
    for (const ledger of Object.values(ledgers)) await rebuild(ledger);
  } finally {
    for (const server of started) await server.stop();
    folders.forEach(remove);
  }
}

async function start(folder) {
  const server = await startProduct(folder);
  started.add(server);
  return server;
}

async function stop(server) {
  await server.stop();
  started.delete(server);
}

async function grow(environments) {
  const folder = temporaryFolder();
  folders.push(folder);
  const server = await start(folder);
  await server.call('POST', '/v1/pipelines', { id: 'bench', name: 'Bench', mayBake: ['*'], mayPromoteTo: ['*'] });
  const startedAt = performance.now();
  let [position, sent, lines] = [0, 0, []];
  const flush = async () => {
    position = await sendImport(server, `${lines.join('\n')}\n`, lines.length);
    sent += lines.length;
    lines = [];
  };
  for (const command of history(environments)) {
    const occurredAt = new Date(Date.UTC(2025, 0, 1) + (sent + lines.length) * SECONDS_APART * 1_000).toISOString();
    lines.push(JSON.stringify({ ...command, occurredAt }));
    if (lines.length === LINES_A_BODY) await flush();
  }
  if (lines.length > 0) await flush();
  const tookMs = performance.now() - startedAt;
  await untilSeen(server, position);
  const grown = { environments, folder, server, position, events: position + 1, linesASecond: (sent * 1_000) / tookMs };
  console.log(`${environments} environments: ${grown.events} events after ${(tookMs / 1_000).toFixed(0)} s`);
  return { ...grown, memoryAfterImport: server.memory().rss };
}

/** Every service into every environment, round by round, until there are enough promotions. */
function* history(environments) {
  for (let index = 0; index < environments; index++) {
    yield { command: 'define-environment', name: nameOf(index), tier: 'production' };
  }
  for (let service = 0; service < SERVICES; service++) {
    for (let version = 0; version < DIGESTS_A_SERVICE; version++) yield bake(service, version);
  }
  for (let count = 0; count < PROMOTIONS; count++) {
    const service = Math.floor(count / environments) % SERVICES;
    const version = Math.floor(count / environments / SERVICES) % DIGESTS_A_SERVICE;
    yield {
      command: 'promote',
      environment: nameOf(count % environments),
      pipeline: 'bench',
      ...promotion(service, version),
    };
  }
}

function nameOf(index) {
  return `env-${String(index).padStart(5, '0')}`;
}

function digestOf(service, version) {
  return `sha256:${randomFrom(service * 1_000 + version)()
    .toString(16)
    .padStart(64, '0')}`;
}

function bake(service, version) {
  return {
    ...{ command: 'bake', pipeline: 'bench', digest: digestOf(service, version), component: `service-${service}` },
    ...{ version: `1.${version}`, kind: 'container-image', layer: 'application', run: { id: String(version) } },
    source: { repository: `https://git.example.org/service-${service}`, commit: 'c0ffee1' },
  };
}

function promotion(service, version) {
  return {
    ...{ digest: digestOf(service, version), strategy: 'all-at-once' },
    change: { type: 'standard', reason: `release 1.${version} of service-${service}` },
  };
}

/** From the start of the process until it serves with all views up to date. */
async function restart(ledger) {
  await stop(ledger.server);
  const startedAt = performance.now();
  ledger.server = await start(ledger.folder);
  const path = `/v1/environments/${nameOf(0)}/known-good?minPosition=${ledger.position}`;
  const { status } = await ledger.server.get(path);
  if (status !== 200) throw new Error(`the first read was answered with ${status}`);
  ledger.startMs = performance.now() - startedAt;
  ledger.memoryAfterStart = ledger.server.memory().rss;
}

async function inTurns() {
  const random = randomFrom(7);
  const both = Object.values(ledgers);
  const issued = both.map(({ server }) =>
    server.call('POST', '/v1/tokens', { subject: 'bench', role: 'pipeline', pipeline: 'bench' }),
  );
  const tokens = (await Promise.all(issued)).map(({ text }) => JSON.parse(text).token);
  for (const ledger of both)
    Object.assign(ledger, { list: [], knownGood: [], first: [], next: [], visited: new Set() });
  for (let turn = 0; turn < 5; turn++) {
    for (const ledger of both) {
      const { tookMs, text } = await timed(() => ledger.server.get('/v1/environments'));
      ledger.list.push(tookMs);
      ledger.listBytes = Buffer.byteLength(text);
    }
  }
  for (let turn = 0; turn < READS; turn++) {
    const any = random();
    for (const [index, ledger] of both.entries()) {
      const environment = nameOf(any % ledger.environments);
      ledger.knownGood.push(
        (await timed(() => ledger.server.get(`/v1/environments/${environment}/known-good`))).tookMs,
      );
      // The first command in an environment reads its state from the store, the next one has it.
      for (const kind of ledger.visited.has(environment) ? ['next'] : ['first', 'next']) {
        ledger.visited.add(environment);
        const body = JSON.stringify(promotion(any % SERVICES, (turn + (kind === 'next' ? 1 : 0)) % DIGESTS_A_SERVICE));
        const headers = { authorization: `Bearer ${tokens[index]}`, 'content-type': 'application/json' };
        const url = `${ledger.server.url}/v1/environments/${environment}/promotions`;
        const { tookMs, status } = await timed(() => fetch(url, { method: 'POST', headers, body }));
        if (status !== 201) throw new Error(`a promotion was answered with ${status}`);
        ledger[kind].push(tookMs);
      }
    }
  }
}

async function timed(call) {
  const startedAt = performance.now();
  const answer = await call();
  const text = answer.text instanceof Function ? await answer.text() : answer.text;
  return { tookMs: performance.now() - startedAt, status: answer.status, text };
}

function report() {
  const size = ({ folder }, file) => statSync(join(folder, file)).size;
  row(
    '',
    (ledger) => `${ledger.environments} env.`,
    () => NaN,
  );
  row(
    'lines imported a second',
    ({ linesASecond }) => rate(linesASecond),
    ({ linesASecond }) => linesASecond,
  );
  const bytes = (file) => (ledger) => size(ledger, file) / ledger.events;
  row('ledger.db, bytes an event', (ledger) => bytes('ledger.db')(ledger).toFixed(0), bytes('ledger.db'));
  row('views.db, bytes an event', (ledger) => bytes('views.db')(ledger).toFixed(0), bytes('views.db'));
  for (const field of ['memoryAfterImport', 'memoryAfterStart'])
    row(
      field,
      (ledger) => mb(ledger[field]),
      (ledger) => ledger[field],
    );
  row(
    'start until all is served',
    ({ startMs }) => ms(startMs),
    ({ startMs }) => startMs,
  );
  row(
    'bytes of GET /v1/environments',
    ({ listBytes }) => String(listBytes),
    ({ listBytes }) => listBytes,
  );
  for (const field of ['list', 'knownGood', 'first', 'next']) {
    const of = (ledger) => median(ledger[field]);
    row(`${field}, median (p99)`, (ledger) => `${ms(of(ledger))} (${ms(quantile(ledger[field], 0.99))})`, of);
  }
  row(
    'memory after that',
    ({ server }) => mb(server.memory().rss),
    ({ server }) => server.memory().rss,
  );
}

async function rebuild(ledger) {
  const { tookMs } = await timeCommand(['dist/cli.js', 'rebuild'], { CAIRN_DATA: ledger.folder });
  console.log(`rebuild of ${ledger.environments} environments: ${rate((ledger.events * 1_000) / tookMs)} events`);
}

function row(name, text, value) {
  const { few, many } = ledgers;
  const cells = [name.padEnd(32), text(few).padStart(22), text(many).padStart(22)];
  const ratio = value(many) / value(few);
  console.log([...cells, Number.isNaN(ratio) ? '' : ratio.toFixed(2).padStart(8)].join(''));
}
