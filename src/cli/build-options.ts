import type { Command } from 'commander';
import { CliError } from './errors.js';

/** What a build was made from and by whom, as options say it; what they leave out, the CI's variables say. */
export interface BuildOptions {
  readonly repository?: string;
  readonly commit?: string;
  readonly ref?: string;
  readonly builder?: string;
  readonly buildType?: string;
}

/** Said to whoever leaves out what a CI would have said. */
export const KNOWN_CI = 'In GitHub Actions and GitLab CI they can be left out: the job says them itself.';

/** What provenance is made from. */
export function withBuild(command: Command): Command {
  return command
    .option('--repository <url>', 'what it was built from; left out, the CI says it, as the next ones')
    .option('--commit <commit>', 'the commit')
    .option('--ref <ref>', 'branch or tag, such as refs/heads/main')
    .option('--builder <uri>', 'in provenance: who builds')
    .option('--build-type <uri>', 'in provenance: how a build is told what to do');
}

/** Values that must be there, by the names of their options. @throws CliError `usage`, naming those that are missing */
export function needed<Name extends string>(
  values: Readonly<Record<Name, string | undefined>>,
  hint?: string,
): Record<Name, string> {
  const missing = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [optionOf(name)] : []));
  if (missing.length === 0) return values as Record<Name, string>;
  throw new CliError('usage', `${missing.join(', ')} must be given.`, hint);
}

const optionOf = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
