const ISSUER = 'https://login.example.org';

export const SIGN_IN_ANSWERS = {
  location: `${ISSUER}/authorize?client_id=cairn&response_type=code&…`,
  returnPath: '/v1/me',
  configuration: { issuer: ISSUER, clientId: 'cairn', scope: 'openid' },
  signedOut: { signedOut: true },
  me: {
    subject: 'person-9Xm2cQh4Tn0sVbWzKp7RjA',
    role: 'auditor',
    expiresAt: '2026-03-01T10:00:00.000Z',
    via: 'oidc',
  },
} as const;
