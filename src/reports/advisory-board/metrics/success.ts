import { formatNumber } from '../../document/format.js';
import { blames, isSwitch, type ChangeFact, type IncidentFact, type Population } from '../facts.js';
import { noData, Sorting, type Measure } from '../figure.js';
import { rateFigure } from './rates.js';

/** How a completed promotion ended, in the words of an advisory board. */
export const COMPLETIONS = ['success', 'success with issues', 'failed'] as const;
export type Completion = (typeof COMPLETIONS)[number];

/** Undefined for what is not completed: abandoned, refused, or a promotion that changed nothing. */
export function completionOf(change: ChangeFact, blamed: ReadonlyMap<string, unknown>): Completion | undefined {
  if (change.kind !== 'promotion') return undefined;
  if (change.ended === 'failed') return 'failed';
  if (!isSwitch(change)) return undefined;
  if (change.rolledBackAt !== null) return 'failed';
  return blamed.has(change.changeId) ? 'success with issues' : 'success';
}

/** Successful ÷ completed. Looked at: every promotion. */
export const changeSuccessRate: Measure = (population) => {
  const sorting = new Sorting();
  const blamedBy = blames(population);
  let completed = 0;
  for (const change of population.changes) {
    if (change.kind !== 'promotion') continue;
    const completion = completionOf(change, blamedBy);
    if (completion) completed++;
    if (completion === 'success') sorting.count(change, completion);
    else sorting.leave(change, completion ?? (change.ended === 'succeeded' ? 'changed-nothing' : change.ended));
  }
  return rateFigure(sorting, completed, 'no promotion was completed in the period');
};

const WEIGHTS: Readonly<Record<string, number>> = {
  success: 3,
  'success with issues': -2,
  failed: -5,
  P1: -10,
  P2: -5,
  P3: -2,
};

/** ServiceNow's open formula over completed promotions and the incidents that blame them. */
export const successScore: Measure = (population) => {
  const sorting = new Sorting();
  const counts: Record<string, number> = {};
  for (const [fact, word] of weighed(population)) {
    if (WEIGHTS[word] === undefined) {
      sorting.leave(fact, word);
      continue;
    }
    counts[word] = (counts[word] ?? 0) + 1;
    sorting.count(fact, word);
  }
  if (sorting.counted.length === 0) return noData('no promotion was completed in the period', sorting);
  const value = Object.entries(counts).reduce((sum, [word, count]) => sum + (WEIGHTS[word] ?? 0) * count, 0);
  const terms = Object.keys(WEIGHTS)
    .filter((word) => counts[word])
    .map((word) => `${word} ${formatNumber(counts[word] ?? 0)}`);
  return { status: 'known', value, display: `${formatNumber(value)} (${terms.join(', ')})`, ...sorting };
};

/** Every promotion and every incident that blames one, each with the word that it is weighed by. */
function* weighed(population: Population): Generator<[ChangeFact | IncidentFact, string]> {
  const blamedBy = blames(population);
  for (const change of population.changes) {
    if (change.kind !== 'promotion') continue;
    const completion = completionOf(change, blamedBy);
    yield [change, completion ?? (change.ended === 'succeeded' ? 'changed-nothing' : change.ended)];
    if (!completion) continue;
    for (const incident of blamedBy.get(change.changeId) ?? []) yield [incident, incident.severity];
  }
}
