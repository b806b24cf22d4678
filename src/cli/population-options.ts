import { InvalidArgumentError, Option, type Command } from 'commander';

const FILTERS = {
  environment: 'environment',
  service: 'service',
  component: 'component',
  layer: 'os, runtime, application or configuration',
  digest: 'digest',
  pipeline: 'pipeline that asked',
  actor: 'subject that asked',
  outcome: 'in-progress, succeeded, failed, abandoned, rolled-back or refused',
  reason: 'reason of a refusal',
  type: 'standard, normal or emergency',
  kind: 'promotion, rollback, retirement, bake, attestation or other',
  ticket: 'ticket',
  effect: 'switched or none',
} as const;

const PLAIN = ['clock', 'on', 'from', 'to', 'asOf'] as const;

/** What the filters of `export` and `sample` were given as. */
export type PopulationOptions = Partial<Record<keyof typeof FILTERS, string[]>> &
  Partial<Record<(typeof PLAIN)[number], string>>;

/** Options that say which changes: those of `GET /v1/changes`, each repeated for "or". */
export function withPopulation(command: Command): Command {
  for (const [name, description] of Object.entries(FILTERS)) {
    command.option(`--${name} <value>`, `${description}; repeat for "or"`, gather);
  }
  return command
    .addOption(
      new Option('--clock <clock>', 'whose clock --from and --to are read by').choices(['recorded', 'occurred']),
    )
    .addOption(new Option('--on <end>', 'the end of a change that must lie between').choices(['started', 'finished']))
    .option('--from <time>', 'at or after this RFC 3339 time')
    .option('--to <time>', 'before this RFC 3339 time')
    .option('--as-of <moment>', 'what the ledger knew then: a time or a position; left out, now');
}

/** The options as members of a request. */
export function populationOf(options: PopulationOptions): object {
  const names = [...Object.keys(FILTERS), ...PLAIN] as (keyof PopulationOptions)[];
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

export const gather = (value: string, before: string[] = []): string[] => [...before, value];

export function parseSize(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= 1_000) return size;
  throw new InvalidArgumentError('a whole number from 1 to 1000.');
}
