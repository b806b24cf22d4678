import { remove, startProduct, temporaryFolder } from '../support/process.js';
import { median, ms } from '../support/stats.js';
import { varyPopulation } from '../support/varied.js';
import { timeOf } from '../support/workload.js';

const PAGE = 'limit=50';

/** The first page of every filter and of usual combinations: against the simplest one's, and deep in history. */
export async function population({ quick, bigLedger }) {
  const { folder: grown, lines } = await bigLedger();
  const folder = temporaryFolder();
  const { rows, head } = varyPopulation(grown, folder);
  const server = await startProduct(folder);
  try {
    const rounds = quick ? 7 : 15;
    const moments = { early: Math.floor(head / 20), middle: Math.floor(head / 2), late: head };
    const results = [];
    for (const [name, query] of Object.entries(questions(lines))) {
      results.push({ name, ...(await ask(server, query, moments, rounds)) });
    }
    show(results, rows);
    return [slowest(results), flattest(results)];
  } finally {
    await server.stop();
    remove(folder);
  }
}

/** Each filter once with a common and, where there is one, a rare value; then what is asked together. */
export const questions = (lines) => ({
  environment: 'environment=production-a',
  'environment, nowhere': 'environment=nowhere',
  service: 'service=service-001',
  component: 'component=service-002',
  'layer, common': 'layer=application',
  'layer, rare': 'layer=os',
  'digest, unknown': `digest=sha256:${'0'.repeat(64)}`,
  pipeline: 'pipeline=pipeline-3',
  actor: 'actor=actor-7',
  'outcome succeeded': 'outcome=succeeded',
  'outcome refused': 'outcome=refused',
  'outcome failed': 'outcome=failed',
  'outcome abandoned': 'outcome=abandoned',
  'outcome in-progress': 'outcome=in-progress',
  'outcome rolled-back': 'outcome=rolled-back',
  reason: 'reason=stage-skipped',
  'type, common': 'type=standard',
  'type, rare': 'type=emergency',
  'kind, rare': 'kind=rollback',
  ticket: 'ticket=CHG-5000',
  'effect none': 'effect=none',
  'recorded window': 'from=2020-01-01T00:00:00Z&to=2090-01-01T00:00:00Z',
  'occurred window, early': `clock=occurred&from=${timeOf(lines / 50)}&to=${timeOf(lines / 40)}`,
  'occurred window, a third': `clock=occurred&from=${timeOf(lines / 3)}&to=${timeOf((2 * lines) / 3)}`,
  'finished in an occurred window': `clock=occurred&on=finished&from=${timeOf(lines / 50)}&to=${timeOf(lines / 40)}`,
  'two environments': 'environment=production-a&environment=production-b',
  'failed, abandoned or rolled back': 'outcome=failed&outcome=abandoned&outcome=rolled-back',
  'environment and refused': 'environment=production-a&outcome=refused',
  'environment and refused, none': 'environment=development-a&outcome=refused',
  'environment and failed': 'environment=production-a&outcome=failed',
  'environment and in-progress': 'environment=production-a&outcome=in-progress',
  'environment and rolled-back': 'environment=production-a&outcome=rolled-back',
  'environment and emergency': 'environment=production-a&type=emergency',
  'environment and service': 'environment=production-a&service=service-001',
  'environment and actor': 'environment=production-a&actor=actor-7',
  'rare and common': 'layer=os&outcome=succeeded',
  'environment in an early window': `environment=production-a&clock=occurred&from=${timeOf(lines / 50)}&to=${timeOf(lines / 20)}`,
});

/** The median of each moment, and of the page without a filter at the same moment, asked in turns. */
async function ask(server, query, moments, rounds) {
  const times = {};
  for (const [moment, position] of Object.entries(moments)) {
    const [asked, plain] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      for (const [taken, filter] of [
        [plain, ''],
        [asked, `&${query}`],
      ]) {
        const startedAt = performance.now();
        const { status, text } = await server.get(`/v1/changes?${PAGE}&asOf=${position}${filter}`);
        // The first round warms up.
        if (round > 0) taken.push(performance.now() - startedAt);
        if (status !== 200) throw new Error(`${query} answered ${status}: ${text.slice(0, 500)}`);
      }
    }
    times[moment] = { asked: median(asked), plain: median(plain) };
  }
  return { times };
}

const ratio = ({ asked, plain }) => asked / plain;

function show(results, rows) {
  console.log(`  first page of ${rows.toLocaleString('en')} changes: ms, and times the page without a filter`);
  for (const { name, times } of results) {
    const cells = Object.entries(times).map(
      ([moment, time]) => `${moment} ${ms(time.asked)} ×${ratio(time).toFixed(2)}`,
    );
    console.log(`  ${name.padEnd(34)} ${cells.join('   ')}`);
  }
}

function slowest(results) {
  const all = results.flatMap(({ name, times }) =>
    Object.entries(times).map(([moment, time]) => ({ name: `${name}, ${moment}`, time, ratio: ratio(time) })),
  );
  const worst = all.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  return {
    name: `first page of the slowest of ${results.length} filters (${worst.name}), against none`,
    product: ms(worst.time.asked),
    other: ms(worst.time.plain),
    ratio: worst.ratio,
    bound: 'at-most',
    target: 3,
  };
}

/** Of a filter, the slowest moment against the quickest; of all filters, the median. */
function flattest(results) {
  const spreads = results.map(({ times }) => {
    const asked = Object.values(times).map((time) => time.asked);
    return { least: Math.min(...asked), most: Math.max(...asked) };
  });
  return {
    name: 'first page of a filter at its slowest moment in history, against its quickest (median of filters)',
    product: ms(median(spreads.map(({ most }) => most))),
    other: ms(median(spreads.map(({ least }) => least))),
    ratio: median(spreads.map(({ least, most }) => most / least)),
    bound: 'at-most',
    target: 1.5,
  };
}
