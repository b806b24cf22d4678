import { Option, type Command } from 'commander';
import { CliError } from './errors.js';
import { maskInLog } from './github-actions.js';

export interface OidcOptions {
  readonly oidc?: true;
  readonly audience?: string;
}

const TIMEOUT_MS = 20_000;

/** `--oidc`, for jobs that sign in as themselves instead of with a token that they are given. */
export function withOidc(command: Command): Command {
  return command
    .option('--oidc', 'sign in with the job’s own OIDC token: that of GitHub Actions, or the one in CAIRN_ID_TOKEN')
    .addOption(new Option('--audience <name>', 'whom GitHub Actions makes the token for').env('CAIRN_OIDC_AUDIENCE'));
}

/**
 * The OIDC token of the job that this runs in.
 *
 * @throws CliError `denied` where it has none, `unavailable` where its issuer does not answer
 */
export async function jobToken({ audience }: OidcOptions): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer, CAIRN_ID_TOKEN } = process.env;
  if (url && bearer) return gitHubToken(url, bearer, audience);
  if (CAIRN_ID_TOKEN) return CAIRN_ID_TOKEN;
  throw new CliError(
    'denied',
    'The job has no OIDC token.',
    'GitHub Actions: give the job "permissions: id-token: write". Elsewhere: put the token into CAIRN_ID_TOKEN (GitLab: id_tokens).',
  );
}

async function gitHubToken(requestUrl: string, bearer: string, audience: string | undefined): Promise<string> {
  let answer: Response;
  let token: unknown;
  try {
    const url = new URL(requestUrl);
    if (audience) url.searchParams.set('audience', audience);
    answer = await fetch(url, {
      headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    token = answer.ok ? ((await answer.json()) as { value?: unknown }).value : undefined;
  } catch (error) {
    throw new CliError('unavailable', 'GitHub Actions gave no OIDC token: no answer.', undefined, { cause: error });
  }
  if (typeof token !== 'string' || token === '') {
    const isAway = answer.status >= 500 || answer.status === 429;
    throw new CliError(isAway ? 'unavailable' : 'denied', `GitHub Actions gave no OIDC token (HTTP ${answer.status}).`);
  }
  maskInLog(token);
  return token;
}
