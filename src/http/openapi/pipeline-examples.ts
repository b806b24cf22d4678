const AT = '2026-03-02T09:14:05.120Z';
export const KEY_ID = 'a1e9156054e04fac899ae9f275132cdc';

const IDENTITY = {
  san: 'https://github.com/example/payments/.github/workflows/release.yml@refs/tags/*',
  issuer: 'https://token.actions.githubusercontent.com',
};

const OIDC = {
  issuer: 'https://token.actions.githubusercontent.com',
  claims: { repository: 'example/payments', ref: 'refs/heads/main' },
};

/** Requests about pipelines and their keys. */
export const PIPELINE_REQUESTS = {
  registerPipeline: {
    id: 'payments',
    name: 'Payments delivery',
    mayBake: ['payments-*'],
    mayPromoteTo: ['staging', 'production:payments-*'],
    identities: [IDENTITY],
    oidc: OIDC,
  },
  changePipeline: {
    ...{ name: 'Payments delivery', mayBake: ['payments-*'], mayAttest: ['ledger-*'], mayPromoteTo: ['*'] },
    reason: 'It scans what the ledger’s own pipeline builds.',
  },
  addPipelineKey: {
    publicKey:
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
    validUntil: '2099-01-01T00:00:00Z',
    reason: 'The runner signs with it.',
  },
  revokePipelineKey: { reason: 'The runner was broken into.' },
  suspendPipeline: { reason: 'Its runner was broken into.' },
  reinstatePipeline: { reason: 'A new runner is in place.' },
} as const;

export const PIPELINE = {
  id: 'payments',
  name: 'Payments delivery',
  mayBake: ['payments-*'],
  mayPromoteTo: ['staging', 'production:payments-*'],
  identities: [IDENTITY],
  oidc: OIDC,
  keys: [{ keyId: KEY_ID, publicKey: '-----BEGIN PUBLIC KEY-----…', validUntil: '2099-01-01T00:00:00.000Z' }],
  status: 'active',
  since: AT,
};
