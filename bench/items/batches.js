import { prepareProduct, remove, startOwn, startProduct, temporaryFolder } from '../support/process.js';
import { sendImport } from '../support/import.js';
import { median, rate } from '../support/stats.js';
import { importBodies, SERVICES, singles } from '../support/workload.js';

const ALL_SERVICES = Array.from({ length: SERVICES }, (_, service) => service);

/** A thousand commands a request, one request after the other, against a bulk insert of the same rows. */
export async function batches({ quick, rounds, cpuProfile }) {
  const counts = quick ? { warmUp: 10_000, lines: 20_000 } : { warmUp: 20_000, lines: 60_000 };
  const product = [];
  const bare = [];
  for (let round = 1; round <= rounds; round++) {
    product.push(await onProduct(counts, { cpuProfile: round === rounds ? cpuProfile : undefined }));
    bare.push(await onBare(counts));
  }
  const [ours, theirs] = [median(product), median(bare)];
  return [
    {
      name: 'import in batches, against a bare bulk insert',
      product: `${rate(ours)} lines`,
      other: `${rate(theirs)} rows`,
      ratio: ours / theirs,
      bound: 'at-least',
      target: 0.5,
    },
  ];
}

/** The lines a second of a round on the product, with settings of its own. */
export async function onProduct(counts, { cpuProfile, settings } = {}) {
  const folder = temporaryFolder();
  const server = await startProduct(folder, { cpuProfile, settings });
  try {
    await prepareProduct(server);
    return await linesPerSecond(server, counts);
  } finally {
    await server.stop();
    remove(folder);
  }
}

async function onBare(counts) {
  const folder = temporaryFolder();
  const server = await startOwn('../bare/server.js', { BENCH_FOLDER: folder });
  try {
    return await linesPerSecond(server, counts);
  } finally {
    await server.stop();
    remove(folder);
  }
}

async function linesPerSecond(server, { warmUp, lines }) {
  const requests = singles(1, ALL_SERVICES);
  await sendAll(server, [...importBodies(requests, warmUp)]);
  const bodies = [...importBodies(requests, lines)];
  const startedAt = performance.now();
  await sendAll(server, bodies);
  return (lines * 1_000) / (performance.now() - startedAt);
}

async function sendAll(server, bodies) {
  for (const { body, count } of bodies) await sendImport(server, body, count);
}
