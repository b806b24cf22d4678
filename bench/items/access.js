import { drive, summary } from '../support/drive.js';
import { prepareProduct, remove, startProduct, temporaryFolder } from '../support/process.js';

const WITHOUT = new URL('../support/without-access-log.js', import.meta.url).href;
const ENVIRONMENT = 'development-a';
const SERVICES = 5;
export const KNOWN_GOOD = `/v1/environments/${ENVIRONMENT}/known-good`;

/** The cheapest read of the known-good state that is any use, 32 connections: logged, and not, in turns. */
export async function access({ quick, rounds, cpuProfile }) {
  const load = quick ? { warmUp: 5_000, requests: 20_000 } : { warmUp: 10_000, requests: 60_000 };
  const runs = { logged: [], unlogged: [] };
  for (let round = 1; round <= rounds; round++) {
    const isLast = round === rounds;
    runs.logged.push(await onProduct(load, { cpuProfile: isLast ? cpuProfile : undefined }));
    runs.unlogged.push(await onProduct(load, { preload: WITHOUT }));
  }
  const [logged, unlogged] = [runs.logged, runs.unlogged].map(summary);
  return [
    {
      name: `known-good of ${SERVICES} services, with the access log against without`,
      product: logged.text,
      other: unlogged.text,
      ratio: logged.perSecond / unlogged.perSecond,
      bound: 'at-least',
      target: 0.9,
    },
  ];
}

async function onProduct(load, options) {
  const folder = temporaryFolder();
  const server = await startProduct(folder, options);
  try {
    await fill(server);
    const result = await drive({ ...load, port: server.port, token: server.token, path: KNOWN_GOOD, seed: 1 });
    if (result.wrong > 0) throw new Error(`${result.wrong} wrong answers, such as ${result.sample}`);
    await checkLog(server, load, !options.preload);
    return result;
  } finally {
    await server.stop();
    remove(folder);
  }
}

/** A log that lost its entries would be cheap. */
async function checkLog(server, { requests }, isLogged) {
  const { text } = await server.get('/v1/access-log?limit=1');
  const { lost } = JSON.parse((await server.get('/health/ready')).text).accessLog;
  const { sequence } = JSON.parse(text);
  const isRight = isLogged ? sequence >= requests && lost === 0 : sequence === 0;
  if (!isRight) throw new Error(`the access log holds ${sequence} entries and has lost ${lost}`);
}

/** Five services that are live, and the token of the pipeline that has put them there. */
export async function fill(server) {
  const token = await prepareProduct(server);
  for (let service = 0; service < SERVICES; service++) {
    const digest = `sha256:${String(service).repeat(64)}`;
    const source = { repository: 'https://git.example.org/bench', commit: 'c0ffee1' };
    const [component, kind, layer] = [`service-${service}`, 'container-image', 'application'];
    const bake = { digest, component, version: '1.0.0', kind, layer, source, run: { id: '1' } };
    const promotion = { digest, strategy: 'all-at-once', change: { type: 'standard', reason: 'to read it' } };
    await post(server, token, '/v1/artifacts', bake);
    await post(server, token, `/v1/environments/${ENVIRONMENT}/promotions`, promotion);
  }
  return token;
}

async function post(server, token, path, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
}
