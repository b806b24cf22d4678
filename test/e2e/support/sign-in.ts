import { SignInIssuer } from '../../support/sign-in-issuer.js';
import { startTestServer, type TestServer } from './server.js';
import { Visitor } from './visitor.js';

/** Where browsers take the server to be: behind a proxy that has the certificate. */
export const ORIGIN = 'https://cairn.example.org';

/** By their groups, which the roles of {@link ROLES} come from. */
export const PEOPLE = {
  admin: { sub: 'ada', groups: ['platform', 'audit'] },
  approver: { sub: 'bea', groups: ['cab'] },
  auditor: { sub: 'cid', groups: ['audit'] },
  nobody: { sub: 'dan', groups: ['canteen'] },
};

const ROLES = 'admin=groups:platform,approver=groups:cab,auditor=groups:audit';

export interface SignInScene {
  readonly issuer: SignInIssuer;
  readonly server: TestServer;
  /** A browser that has been nowhere yet. */
  visitor(): Visitor;
  stop(): Promise<void>;
}

/** An issuer, and a server at which people sign in by it. */
export async function startSignIn(origin = ORIGIN, settings: Record<string, string> = {}): Promise<SignInScene> {
  const issuer = await SignInIssuer.start();
  issuer.redirectUris = [`${origin}/v1/sign-in/callback`];
  issuer.secret = settings['CAIRN_SIGN_IN_CLIENT_SECRET'];
  const server = await startTestServer(undefined, {
    CAIRN_PUBLIC_URL: origin,
    CAIRN_SIGN_IN_ISSUER: issuer.url,
    CAIRN_SIGN_IN_CLIENT_ID: issuer.clientId,
    CAIRN_SIGN_IN_ROLES: ROLES,
    ...settings,
  });
  return {
    issuer,
    server,
    visitor: () => new Visitor(server.url, origin),
    stop: async () => {
      await server.stop();
      await issuer.goAway();
    },
  };
}
