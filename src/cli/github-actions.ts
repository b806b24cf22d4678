import { appendFileSync } from 'node:fs';
import { isGitHubActions } from './ci-environment.js';
import { toCliError } from './errors.js';

/**
 * Shows what stops the work at the top of the run's page as well, where the job runs in GitHub Actions. On stderr, which
 * is read for such lines too, so that stdout holds nothing but the answer.
 */
export async function annotated(title: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const error = toCliError(thrown);
    const { message, hint } = error;
    const text = hint === undefined ? message : `${message}\n${hint}`;
    if (isGitHubActions(process.env)) process.stderr.write(`${errorCommand(title, text)}\n`);
    throw error;
  }
}

/** The workflow command `error`, escaped as GitHub's own toolkit does it. */
export function errorCommand(title: string, text: string): string {
  const property = escapeData(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::error title=${property}::${escapeData(text)}`;
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/**
 * What others may have written, as a log shows it. GitHub Actions takes a line that begins with `::`, and what follows
 * `##[` anywhere, for a command: what a server repeats must not set the outputs of the job that reads it.
 */
export function asWords(text: string): string {
  if (!isGitHubActions(process.env)) return text;
  return text.replaceAll(/^([\s\u0085]*:):/gm, '$1 :').replaceAll('##[', '## [');
}

/** Has GitHub Actions show `***` wherever the log would show a secret. The line itself is shown to nobody. */
export function maskInLog(secret: string): void {
  if (isGitHubActions(process.env)) process.stderr.write(`::add-mask::${escapeData(secret)}\n`);
}

/** Hands on values to later steps of the job, by the names that they have there. */
export function appendOutputs(outputs: Readonly<Record<string, string | number>>): void {
  const { GITHUB_OUTPUT } = process.env;
  if (!GITHUB_OUTPUT) return;
  // A second line would be another output, and the values are a server's.
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${String(value).replaceAll(/[\r\n]/g, ' ')}\n`);
  appendFileSync(GITHUB_OUTPUT, lines.join(''));
}
