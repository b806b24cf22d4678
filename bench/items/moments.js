import { startProduct } from '../support/process.js';
import { median, ms, quantile } from '../support/stats.js';
import { ENVIRONMENTS, randomFrom, SERVICES, timeOf } from '../support/workload.js';

/** By then every service has come to every environment, so that every answer is of the same size. */
const FILLED = SERVICES * (ENVIRONMENTS.length + 1) + 100;

/** The known-good state of an environment at any moment, by the ledger's time and by the pipelines', small and large. */
export async function moments({ quick, rounds, bigLedger, smallLedger }) {
  const ledgers = [await smallLedger(), await bigLedger()];
  const servers = [await startProduct(ledgers[0].folder), await startProduct(ledgers[1].folder)];
  const count = quick ? 200 : 500;
  const random = randomFrom(7);
  const results = { asOf: [[], []], occurredBy: [[], []] };
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const clock of ['asOf', 'occurredBy']) {
        for (const [index, server] of servers.entries()) {
          const taken = await ask(server, { count, random, clock, lines: ledgers[index].lines });
          // The first round warms up.
          if (round > 0) results[clock][index].push(taken);
        }
      }
    }
  } finally {
    for (const server of servers) await server.stop();
  }
  return Object.entries(results).map(([clock, [small, large]]) => ({
    name: `known-good at any moment (${clock}), ${size(ledgers[1])} against ${size(ledgers[0])} events`,
    product: describe(large),
    other: describe(small),
    ratio: p99(large) / p99(small),
    bound: 'at-most',
    target: 1.5,
  }));
}

const size = ({ lines }) => lines.toLocaleString('en');
const p99 = (runs) => median(runs.map((taken) => quantile(taken, 0.99)));
const describe = (runs) => `p50 ${ms(median(runs.map((taken) => quantile(taken, 0.5))))}, p99 ${ms(p99(runs))}`;

async function ask(server, { count, random, clock, lines }) {
  const taken = [];
  for (let n = 0; n < count; n++) {
    const moment = FILLED + (random() % (lines - FILLED));
    const environment = ENVIRONMENTS[random() % ENVIRONMENTS.length];
    const query = clock === 'asOf' ? `asOf=${moment}` : `occurredBy=${timeOf(moment)}`;
    const startedAt = performance.now();
    const { status, text } = await server.get(`/v1/environments/${environment}/known-good?${query}`);
    taken.push(performance.now() - startedAt);
    if (status !== 200) throw new Error(`${query} answered ${status}: ${text.slice(0, 500)}`);
    const services = text.split('"service":').length - 1;
    if (services !== SERVICES) throw new Error(`${environment} has ${services} services at ${query}`);
  }
  return taken;
}
