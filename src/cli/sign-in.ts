import type { Command } from 'commander';
import { loadClientConfig } from '../config.js';
import { ApiClient, problemError } from './api-client.js';
import { withUrl } from './connection.js';
import { listenForReturn, untilReturned } from './sign-in/loopback.js';

const WAIT_MS = 300_000;
const ROLE_HINT = 'The server’s CAIRN_SIGN_IN_ROLES says which claims give which role.';

interface Configuration {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
}

/** `cairn sign-in`: a person signs in at the issuer, in a browser on this machine (RFC 8252). */
export function addSignIn(program: Command): void {
  withUrl(program.command('sign-in'))
    .description('sign in with a browser and print the token, alone on stdout')
    .addHelpText(
      'after',
      `
The server says at which issuer people sign in. The issuer must know its client as a public one (PKCE without a secret)
that comes back to http://127.0.0.1 at any port. The token is good until the issuer's time for it is over.

Example:
  $ export CAIRN_TOKEN=$(cairn sign-in)`,
    )
    .action(signIn);
}

async function signIn(options: { readonly url: string }): Promise<void> {
  // Loaded here, so that the other sub-commands do not wait for it.
  const { authorizationUrl, discover, exchange, newChallenge } =
    await import('../http/access/sign-in/issuer-client.js');
  const { url } = loadClientConfig({ CAIRN_URL: options.url });
  const call = { method: 'GET', path: '/sign-in/configuration' } as const;
  const { issuer, clientId, scope } = await new ApiClient(url, undefined).expectJson<Configuration>(call);
  const config = await discover({ issuer, clientId });
  const challenge = newChallenge();
  const loopback = await listenForReturn(challenge.state);
  try {
    const location = await authorizationUrl(config, challenge, { redirectUri: loopback.redirectUri, scope });
    // Waited for before anybody is told to come, so that Ctrl-C is heard from then on.
    const returned = untilReturned(loopback, WAIT_MS);
    console.error(`To sign in, open this address in a browser on this machine:\n\n  ${location.href}\n`);
    const { token, expiresAtSeconds } = await exchange(config, await returned, challenge);
    const until = new Date(expiresAtSeconds * 1_000).toISOString();
    console.error(`Signed in as ${await whoIs(url, token)}, until ${until}. Keep the token to yourself.`);
    console.log(token);
  } finally {
    loopback.close();
  }
}

/** A token that the issuer gives may be of somebody who has no role here. @throws CliError `denied` */
async function whoIs(url: string, token: string): Promise<string> {
  const answer = await new ApiClient(url, token).send({ method: 'GET', path: '/me' });
  if (answer.status !== 200) throw problemError(answer, ROLE_HINT);
  const { subject, role } = JSON.parse(answer.text) as { readonly subject: string; readonly role: string };
  return `${subject} (${role})`;
}
