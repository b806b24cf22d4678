import { describe, expect, it } from '@jest/globals';
import { redact } from '../../../src/http/access/redact.js';
import { hashOf, newToken, TokenDirectory } from '../../../src/http/access/token-directory.js';

const CHOSEN = 'a+token/that=somebody-chose-for-this-test';
const JWT = `${Buffer.from('{"alg":"RS256","kid":"1"}').toString('base64url')}.${'e30'.repeat(20)}.${'s'.repeat(86)}`;
const tokens = new TokenDirectory();
const grant = { id: '1', subject: 'admin', role: 'admin', hash: hashOf(CHOSEN) } as const;
tokens.apply({ type: 'TokenIssued.v1', data: grant }, '2026-01-01T00:00:00.000Z');
const shown = (text: string) => redact(text, tokens);
const digest = `sha256:${'0a'.repeat(32)}`;

describe('what the access log shows of a path', () => {
  it.each([
    '/v1/environments/production/known-good?asOf=2026-03-01T00:00:00Z&minPosition=7',
    `/v1/artifacts/${digest}`,
    '/v1/artifacts/sha256%3A0a0a',
    '/v1/changes?cursor=WzEwNDIsOTkxLCJoM2YxIl0WzEwNDIsOTkxLCJoM2YxIl0&actor=token-service',
    '/v1/changes/5d0c3b1e-8f14-5c6b-9a57-2b1f0c9e7d11',
    '/v1/environments/cairn_production',
    '/v1/changes?author=x',
    '/v1/changes?barcode=x&statement=y',
    '/%zz?%zz=%zz&&=&?',
    '',
  ])('is all of it where it holds no secret: %s', (path) => {
    expect(shown(path)).toBe(path);
  });

  it.each([
    [`/v1/pipelines?x=${encodeURIComponent(CHOSEN)}`, '/v1/pipelines?x=***'],
    [`/v1/pipelines?x=${CHOSEN}`, '/v1/pipelines?x=***'],
    [`/v1/pipelines/${encodeURIComponent(CHOSEN)}`, '/v1/pipelines/***'],
    [`/v1/pipelines?${newToken()}`, '/v1/pipelines?***'],
    [`/v1/pipelines/x-${newToken()}`, '/v1/pipelines/x-***'],
    [`/v1/pipelines/${newToken().slice(0, 30)}`, '/v1/pipelines/***'],
    [`/v1/pipelines?a=1?b=${newToken()}&c=2`, '/v1/pipelines?a=1?b=***&c=2'],
    [`/v1/pipelines?%61ccess_token=${'x'.repeat(8)}`, '/v1/pipelines?%61ccess_token=***'],
    ['/v1/pipelines?Authorization=Bearer%20x', '/v1/pipelines?Authorization=***'],
    ['/v1/sign-in/callback?code=abc&state=def&iss=https://x', '/v1/sign-in/callback?code=***&state=***&iss=https://x'],
    [`/v1/pipelines/${JWT}`, '/v1/pipelines/***'],
    [`/v1/pipelines/x${JWT}`, '/v1/pipelines/x***'],
    [`/v1/pipelines?a=${JWT}&b=${JWT.replaceAll('.', '%2E')}`, '/v1/pipelines?a=***&b=***'],
    ['/v1/pipelines/eyJhIjoxfQ.e30.', '/v1/pipelines/***'],
    [`Bearer/${JWT.slice(0, 60)}`, 'Bearer/***'],
    ['/v1/pipelines?api-key=x&API_KEY=y&apikey=z', '/v1/pipelines?api-key=***&API_KEY=***&apikey=***'],
  ])('has no secret: %s', (path, expected) => {
    expect(shown(path)).toBe(expected);
  });
});
