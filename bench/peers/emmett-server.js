import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import Fastify from 'fastify';

/**
 * Fastify on emmett-postgresql: the same bodies, one event each, at the revision that the stream is at. No token, no
 * rule. A stream for each service of an environment and its heads kept in memory spare it conflicts and reads.
 */
const store = getPostgreSQLEventStore(process.env.BENCH_DATABASE);
await store.schema.migrate();
const heads = new Map();

async function append(stream, type, data, reply) {
  const expectedStreamVersion = heads.get(stream) ?? 'STREAM_DOES_NOT_EXIST';
  const appended = await store.appendToStream(stream, [{ type, data }], { expectedStreamVersion });
  heads.set(stream, appended.nextExpectedStreamVersion);
  reply.code(201);
  return { stream, revision: Number(appended.nextExpectedStreamVersion), recordedAt: new Date().toISOString() };
}

const app = Fastify();
app.post('/v1/artifacts', ({ body }, reply) => append(`artifact-${body.digest}`, 'ArtifactBaked', body, reply));
app.post('/v1/environments/:environment/promotions', ({ body, params: { environment } }, reply) => {
  const service = body.change.reason.split(' of ')[1];
  return append(`environment-${environment}-${service}`, 'ArtifactPromoted', { ...body, environment }, reply);
});

await app.listen({ port: 0, host: '127.0.0.1' });
process.send({ port: app.server.address().port });
process.once('SIGTERM', () => process.exit(0));
