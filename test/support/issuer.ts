import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A key that the issuer signs with. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** As the issuer publishes it. */
  readonly jwk: JWK;
}

/** What one of its tokens has that others have not. A claim that is undefined is left out. */
export interface TokenParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: IssuerKey;
}

/** Answers a path in the place of what the issuer would. */
export type IssuerRoute = (response: ServerResponse) => void;

const MINUTE_S = 60;

export async function makeIssuerKey(alg = 'ES256', kid: string = crypto.randomUUID()): Promise<IssuerKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, ...pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' } };
}

/**
 * An OIDC issuer on HTTP at a port of its own: configuration, keys, and tokens as GitHub's look. It counts who asks, can
 * go away and come back at the same address, and takes new keys.
 */
export class TestIssuer {
  /** Paths that were asked for, in order. */
  readonly requests: string[] = [];
  /** What answers instead of the issuer, by path. */
  readonly routes = new Map<string, IssuerRoute>();
  /** Those that it publishes. */
  keys: IssuerKey[] = [];
  private server: Server | undefined;
  private port = 0;

  static async start(alg?: string): Promise<TestIssuer> {
    const issuer = new TestIssuer();
    issuer.keys = [await makeIssuerKey(alg)];
    await issuer.comeBack();
    return issuer;
  }

  /** Its name, as its tokens have it. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The key that it signs with: the newest. */
  get key(): IssuerKey {
    const key = this.keys.at(-1);
    if (!key) throw new Error('the issuer has no key');
    return key;
  }

  /** A token, good for five minutes, of a workflow on the main branch of `example/shop`. */
  async token({ claims = {}, header = {}, key = this.key }: TokenParts = {}): Promise<string> {
    const payload = JSON.parse(JSON.stringify({ ...this.claims(), ...claims })) as JWTPayload;
    return new SignJWT(payload)
      .setProtectedHeader({ typ: 'JWT', alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  claims(): Record<string, unknown> {
    const nowS = Math.floor(Date.now() / 1_000);
    return {
      ...{ iss: this.url, aud: 'cairn', iat: nowS, nbf: nowS, exp: nowS + 5 * MINUTE_S, jti: crypto.randomUUID() },
      ...{ sub: 'repo:example/shop:ref:refs/heads/main', repository: 'example/shop', repository_id: '74' },
      ...{ repository_owner: 'example', ref: 'refs/heads/main', run_id: '17', actor: 'somebody' },
      workflow_ref: 'example/shop/.github/workflows/release.yml@refs/heads/main',
    };
  }

  /** From now on it signs with a new key; the others stay published unless they are taken away. */
  async rotate({ alg = 'ES256', keep = true }: { alg?: string; keep?: boolean } = {}): Promise<IssuerKey> {
    const key = await makeIssuerKey(alg);
    this.keys = keep ? [...this.keys, key] : [key];
    return key;
  }

  async goAway(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async comeBack(): Promise<void> {
    const server = createServer((request, response) => this.answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** What it says of itself. */
  protected configuration(): Record<string, unknown> {
    return { issuer: this.url, jwks_uri: `${this.url}/keys`, response_types_supported: ['id_token'] };
  }

  protected answer({ url: path = '' }: IncomingMessage, response: ServerResponse): void {
    this.requests.push(path);
    const route = this.routes.get(path);
    if (route) return route(response);
    if (path === '/.well-known/openid-configuration') return json(response, this.configuration());
    if (path === '/keys') return json(response, { keys: this.keys.map(({ jwk }) => jwk) });
    response.writeHead(404).end();
  }
}

/** Answers with a value as JSON. */
export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
