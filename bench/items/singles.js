import { existsSync } from 'node:fs';
import { drive, summary } from '../support/drive.js';
import { prepareProduct, remove, startOwn, startProduct, temporaryFolder } from '../support/process.js';

/** One bake or promotion a request, 32 connections: the product, the bare minimum and a peer in turns. */
export async function singles({ quick, rounds, cpuProfile }) {
  const load = quick ? { warmUp: 3_000, requests: 8_000 } : { warmUp: 8_000, requests: 24_000 };
  const postgres = await startPeer();
  const runs = { product: [], bare: [], peer: [] };
  for (let round = 1; round <= rounds; round++) {
    runs.product.push(await onProduct({ ...load, seed: round, cpuProfile: round === rounds ? cpuProfile : undefined }));
    runs.bare.push(await onBare({ ...load, seed: round }));
    if (postgres)
      runs.peer.push(await onPeer(postgres, { ...load, warmUp: 500, requests: load.requests / 4, seed: round }));
  }
  await postgres?.stop();
  const [product, bare, peer] = [runs.product, runs.bare, runs.peer].map(summary);
  return [
    {
      name: 'singles, against the bare minimum',
      product: product.text,
      other: bare.text,
      ratio: product.perSecond / bare.perSecond,
      bound: 'at-least',
      target: 0.5,
    },
    ...(postgres
      ? [
          {
            name: 'singles, against emmett-postgresql',
            product: product.text,
            other: peer.text,
            ratio: product.perSecond / peer.perSecond,
            bound: 'at-least',
            target: 3,
          },
        ]
      : []),
  ];
}

/** The load of a round on the product, with settings of its own. */
export async function onProduct({ cpuProfile, settings, ...load }) {
  const folder = temporaryFolder();
  const server = await startProduct(folder, { cpuProfile, settings });
  try {
    const token = await prepareProduct(server);
    const result = await drive({ ...load, port: server.port, token });
    if (result.wrong > 0) throw new Error(`${result.wrong} wrong answers, such as ${result.sample}`);
    return result;
  } finally {
    await server.stop();
    remove(folder);
  }
}

async function onBare(load) {
  const folder = temporaryFolder();
  const server = await startOwn('../bare/server.js', { BENCH_FOLDER: folder });
  try {
    return await drive({ ...load, port: server.port, token: server.token });
  } finally {
    await server.stop();
    remove(folder);
  }
}

async function onPeer(postgres, load) {
  const server = await startOwn('../peers/emmett-server.js', { BENCH_DATABASE: await postgres.freshDatabase() });
  try {
    return await drive({ ...load, port: server.port, token: server.token });
  } finally {
    await server.stop();
  }
}

/** The peers' packages are installed apart (`npm ci` in bench/peers). */
async function startPeer() {
  if (!existsSync(new URL('../peers/node_modules', import.meta.url))) {
    console.log('bench/peers is not installed (npm ci in bench/peers): emmett-postgresql is left out');
    return undefined;
  }
  const { startPostgres } = await import('../peers/postgres.js');
  return startPostgres();
}
