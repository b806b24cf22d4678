import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Fastify from 'fastify';

/**
 * The bare minimum that the product is measured against: the same bodies into the same rows, durable, and nothing
 * else. No token, no validation, no rule, no view.
 */
const writer = new Worker(new URL('./writer.worker.js', import.meta.url), {
  workerData: join(process.env.BENCH_FOLDER, 'bare.db'),
});
const waiting = [];
let underWay = [];

writer.on('message', (receipts) => {
  const answered = underWay;
  underWay = [];
  writeNext();
  let from = 0;
  for (const { rows, resolve } of answered) resolve(receipts.slice(from, (from += rows.length)));
});

/** Everything that waits goes in one commit, as soon as the one before it is done. */
function writeNext() {
  if (underWay.length > 0 || waiting.length === 0) return;
  underWay = waiting.splice(0);
  writer.postMessage(underWay.flatMap(({ rows }) => rows));
}

const append = (rows) =>
  new Promise((resolve) => {
    waiting.push({ rows, resolve });
    writeNext();
  });

const META =
  '{"causationId":null,"channel":"api","correlationId":"0198a2f0-0000-7000-8000-000000000000",' +
  '"decidedAgainst":{"artifact-sha256-0000000000000000000000000000000000000000000000000000000000000000":0,' +
  '"environment-staging-a":1234,"pipeline-bench":0},"pipeline":"bench"}';

/** The row of an event of about the product's size. */
function rowOf(environment, body) {
  const { change, occurredAt = new Date().toISOString(), command: _command, ...facts } = body;
  const id = newId();
  const isBake = environment === undefined;
  const data = isBake
    ? { ...facts, pipeline: 'bench', proof: 'token' }
    : {
        ...facts,
        environment,
        changeId: textOf(id),
        component: 'service-000',
        service: 'service-000',
        version: '2.12345',
        layer: 'application',
        changeType: change?.type,
        pipeline: 'bench',
        recycled: true,
        unchanged: false,
        replaced: { digest: facts.digest, changeId: textOf(id) },
      };
  return {
    id,
    stream: isBake ? `artifact-${facts.digest}` : `environment-${environment}`,
    type: isBake ? 1 : 2,
    occurredAt,
    actor: 'bench',
    data: JSON.stringify(data),
    remarks: JSON.stringify({ reason: change?.reason, ticket: change?.ticket }),
    meta: META,
    salts: randomFillSync(new Uint8Array(48)),
  };
}

/** Ids that grow, as the product's do: 48 bits of time, then random. */
function newId() {
  const id = randomFillSync(Buffer.alloc(16));
  id.writeUIntBE(Date.now(), 0, 6);
  return id;
}

const textOf = (id) => id.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

const answerOf = (row, receipt) => ({ eventId: textOf(row.id), stream: row.stream, ...receipt });

async function one(environment, body, reply) {
  const row = rowOf(environment, body);
  const [receipt] = await append([row]);
  reply.code(201);
  return answerOf(row, receipt);
}

const app = Fastify({ bodyLimit: 8 * 1024 * 1024 });
app.addContentTypeParser('application/x-ndjson', { parseAs: 'string' }, (_request, body, done) => done(null, body));
app.post('/v1/artifacts', (request, reply) => one(undefined, request.body, reply));
app.post('/v1/environments/:environment/promotions', (request, reply) =>
  one(request.params.environment, request.body, reply),
);
app.post('/v1/imports', async (request, reply) => {
  const rows = request.body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .map(({ environment, ...body }) => rowOf(environment, body));
  const receipts = await append(rows);
  reply.type('application/x-ndjson');
  return rows
    .map((row, index) => JSON.stringify({ line: index + 1, status: 'accepted', ...answerOf(row, receipts[index]) }))
    .join('\n');
});

await app.listen({ port: 0, host: '127.0.0.1' });
process.send({ port: app.server.address().port });
process.once('SIGTERM', () => process.exit(0));
