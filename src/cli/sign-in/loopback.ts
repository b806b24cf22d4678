import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../errors.js';
import { untilStopped } from '../shutdown.js';

/** Waits on this machine alone for the browser to come back (RFC 8252, 7.3). */
export interface Loopback {
  readonly redirectUri: string;
  /** The address at which it came back, with what the issuer added. */
  readonly returned: Promise<URL>;
  close(): void;
}

const PATH = '/callback';
const DONE = 'Go back to the terminal: it says whether you are signed in. This page can be closed.\n';

/** Whoever comes without the state comes from elsewhere: they are told nothing, and the browser is waited for still. */
export async function listenForReturn(state: string): Promise<Loopback> {
  let redirectUri = '';
  let resolve: (returned: URL) => void = () => undefined;
  const returned = new Promise<URL>((settle) => (resolve = settle));
  const server = createServer(({ method, url = '' }, response) => {
    const address = method === 'GET' ? addressOf(url, redirectUri) : undefined;
    const isReturn = address?.searchParams.get('state') === state;
    response.writeHead(isReturn ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(isReturn ? DONE : 'There is nothing here.\n');
    if (address && isReturn) resolve(address);
  });
  await listening(server);
  redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
  return { redirectUri, returned, close: () => void server.close() };
}

/** @throws CliError when nobody comes in time, or Ctrl-C was pressed */
export async function untilReturned({ returned }: Loopback, limitMs: number): Promise<URL> {
  const over = new AbortController();
  const late = delay(limitMs, undefined, { signal: over.signal }).then(() => {
    throw new CliError('failed', `Nobody has signed in within ${limitMs / 1_000} seconds.`, 'Run it again.');
  });
  const stopped = untilStopped().then(() => {
    throw new CliError('interrupted', 'Interrupted: nobody has signed in.');
  });
  // Those that do not win the race are of no interest any more.
  for (const loser of [late, stopped]) loser.catch(() => undefined);
  try {
    return await Promise.race([returned, late, stopped]);
  } finally {
    over.abort();
  }
}

function addressOf(url: string, redirectUri: string): URL | undefined {
  const [path, search = ''] = url.split('?', 2);
  return path === PATH ? new URL(`${redirectUri}?${search}`) : undefined;
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
}
