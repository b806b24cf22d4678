import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OidcCallers } from '../../../../src/http/access/oidc/oidc-callers.js';
import { PipelinesByClaims } from '../../../../src/http/access/oidc/pipelines-by-claims.js';
import { PersonCallers, personSubject } from '../../../../src/http/access/sign-in/person-callers.js';
import { parseRoleRules } from '../../../../src/http/access/sign-in/roles.js';
import { personOf } from '../../../../src/http/access/sign-in/session.js';
import { TestIssuer } from '../../../support/issuer.js';

/** The same issuer lets in people and pipelines, as that of a company may. */
describe('who signs in', () => {
  let issuer: TestIssuer;
  let oidc: OidcCallers;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    const pipelines = new PipelinesByClaims({ issuers: [issuer.url], audience: 'cairn' });
    const registered = { id: 'shop', oidc: { issuer: issuer.url, claims: { repository: 'example/shop' } } };
    pipelines.apply('PipelineRegistered.v1', registered, 0);
    const other = { issuer: issuer.url, claims: { repository: 'example/other' }, audience: 'ci' };
    pipelines.apply('PipelineRegistered.v1', { id: 'other', oidc: other }, 1);
    const settings = {
      ...{ issuer: issuer.url, clientId: 'cairn', scope: 'openid', publicUrl: 'https://cairn.example.org' },
      roles: parseRoleRules('admin=groups:ops'),
    };
    oidc = new OidcCallers([pipelines, new PersonCallers(settings)], () => undefined);
  });
  afterAll(async () => {
    oidc.close();
    await issuer.goAway();
  });

  const token = (claims: Record<string, unknown>) => issuer.token({ claims: { sub: 'ada', ...claims } });

  it('is a person with the role of their claims, until the token ends', async () => {
    const caller = await personOf(await token({ repository: undefined, groups: ['ops'] }), oidc);
    expect(caller).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      subject: personSubject(issuer.url, 'ada'),
      role: 'admin',
      issuer: issuer.url,
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(Date.parse(caller.expiresAt ?? '') - Date.now()).toBeGreaterThan(290_000);
  });

  it('is never a pipeline, also where its registration fits the token', async () => {
    const both = await token({ groups: ['ops'] });
    expect(await oidc.callerOf(both, {})).toMatchObject({ role: 'pipeline', pipeline: 'shop' });
    await expect(personOf(both, oidc)).rejects.toMatchObject({ name: 'OidcError', code: 'nobody-fits' });
  });

  it('is told of their own token, and a job of its own', async () => {
    const stranger = await token({ repository: undefined });
    await expect(oidc.callerOf(stranger, {})).rejects.toThrow(/^You are person-\S+ here, and nothing/);
    const job = await token({ repository: 'example/other', aud: 'elsewhere' });
    await expect(oidc.callerOf(job, {})).rejects.toThrow('It must be for ci.');
  });

  it('comes with a token that this server was given, and not with one of another client', async () => {
    const given = (claims: object) => token({ repository: undefined, groups: ['ops'], ...claims });
    const both = { aud: ['other', 'cairn'] };
    expect(await oidc.callerOf(await given({ ...both, azp: 'cairn' }), {})).toMatchObject({ role: 'admin' });
    for (const azp of ['other', ['cairn'], 7]) {
      await expect(oidc.callerOf(await given({ ...both, azp }), {})).rejects.toMatchObject({ name: 'OidcError' });
    }
  });

  it('is another one at another issuer, and where the same letters are split otherwise', () => {
    expect(personSubject('https://a', 'x')).not.toBe(personSubject('https://b', 'x'));
    expect(personSubject('https://a', 'bx')).not.toBe(personSubject('https://ab', 'x'));
    expect(personSubject('https://a', 'x')).toMatch(/^person-[\w-]{22}$/);
  });
});
