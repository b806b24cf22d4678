import { describe, expect, it } from '@jest/globals';
import type { OidcBinding } from '../../../../src/domain/pipeline/events.js';
import { OidcError } from '../../../../src/http/access/oidc/errors.js';
import { PipelinesByClaims } from '../../../../src/http/access/oidc/pipelines-by-claims.js';

const ISSUER = 'https://ci.example';
const CLAIMS = { aud: 'cairn', sub: 'x', repository: 'example/shop', ref: 'refs/heads/main', repository_id: 74 };

describe('the pipeline of a token', () => {
  const pipelinesOf = (registered: Record<string, Partial<OidcBinding> | undefined>) => {
    const pipelines = new PipelinesByClaims({ issuers: [ISSUER], audience: 'cairn' });
    for (const [id, oidc] of Object.entries(registered)) register(pipelines, id, oidc, 0);
    return pipelines;
  };
  const register = (
    pipelines: PipelinesByClaims,
    id: string,
    oidc: Partial<OidcBinding> | undefined,
    revision: number,
  ) => {
    const binding = oidc && { issuer: ISSUER, claims: { repository: 'example/shop' }, ...oidc };
    pipelines.apply('PipelineRegistered.v1', { id, ...(binding && { oidc: binding }) }, revision);
  };
  const found = (pipelines: PipelinesByClaims, claims: Record<string, unknown> = {}, pipeline?: string) => {
    const token = { id: 'ab', issuer: ISSUER, subject: 'x', claims: { ...CLAIMS, ...claims } };
    try {
      return pipelines.resolve(token, { ...(pipeline !== undefined && { pipeline }) }).pipeline;
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      return error.code;
    }
  };

  it('is the one whose registration it fits', () => {
    const pipelines = pipelinesOf({ shop: {}, other: { claims: { repository: 'example/other' } }, plain: undefined });
    expect(found(pipelines)).toBe('shop');
    expect(found(pipelines, { repository: 'example/other' })).toBe('other');
    const token = { id: 'ab', issuer: ISSUER, subject: 'x', claims: CLAIMS };
    const caller = { id: 'ab', subject: 'oidc/shop', role: 'pipeline', pipeline: 'shop' };
    expect(pipelines.resolve(token, {})).toEqual(caller);
  });

  it.each<[string, Record<string, string>, Record<string, unknown>, string]>([
    ['all claims fit', { repository: 'example/*', ref: 'refs/heads/*' }, {}, 'shop'],
    ['one claim does not', { repository: 'example/shop', ref: 'refs/heads/release' }, {}, 'nobody-fits'],
    ['a claim is absent', { environment: '*' }, {}, 'nobody-fits'],
    ['a claim is only inherited', { toString: '*' }, {}, 'nobody-fits'],
    ['a claim is a number', { repository_id: '74' }, {}, 'shop'],
    ['a claim is a truth', { ref_protected: 'true' }, { ref_protected: true }, 'shop'],
    ['a claim is a list with it', { groups: 'deploy-*' }, { groups: ['x', 'deploy-shop'] }, 'shop'],
    ['a claim is a list without it', { groups: 'deploy-*' }, { groups: ['x', ['deploy-shop']] }, 'nobody-fits'],
    ['a claim is an empty list', { groups: '*' }, { groups: [] }, 'nobody-fits'],
    ['a claim is an object', { groups: '*' }, { groups: { '*': '*' } }, 'nobody-fits'],
    ['a claim is null', { groups: '*' }, { groups: null }, 'nobody-fits'],
    ['letters differ in size', { repository: 'Example/shop' }, {}, 'nobody-fits'],
    ['it begins alike', { repository: 'example/shop' }, { repository: 'example/shop-evil' }, 'nobody-fits'],
  ])('is found where %s', (_what, claims, more, expected) => {
    expect(found(pipelinesOf({ shop: { claims } }), more)).toBe(expected);
  });

  it('has to be said where there are several', () => {
    const pipelines = pipelinesOf({ one: {}, two: {}, other: { claims: { repository: 'example/other' } } });
    expect(found(pipelines)).toBe('several-fit');
    expect(found(pipelines, {}, 'two')).toBe('two');
    expect(found(pipelines, {}, 'other')).toBe('nobody-fits');
    expect(found(pipelines, {}, 'three')).toBe('nobody-fits');
  });

  it.each<[unknown, string | undefined, string]>([
    ['cairn', undefined, 'shop'],
    [['a', 'cairn'], undefined, 'shop'],
    ['other', undefined, 'audience-wrong'],
    [['a', 'b'], undefined, 'audience-wrong'],
    [undefined, undefined, 'audience-wrong'],
    [['a', ['cairn']], undefined, 'audience-wrong'],
    [{ cairn: 'cairn' }, undefined, 'audience-wrong'],
    ['cairn', 'own', 'audience-wrong'],
    ['own', 'own', 'shop'],
  ])('is found by the audience: %j for %s', (aud, audience, expected) => {
    expect(found(pipelinesOf({ shop: { ...(audience !== undefined && { audience }) } }), { aud })).toBe(expected);
  });

  it('is the one of several that the token is for', () => {
    const pipelines = pipelinesOf({ one: {}, two: { audience: 'own' } });
    expect(found(pipelines)).toBe('one');
    expect(found(pipelines, { aud: 'own' })).toBe('two');
    expect(found(pipelines, { aud: ['own', 'cairn'] })).toBe('several-fit');
  });

  it('is another once the registrations are others, and an older one told of later changes nothing', () => {
    const pipelines = pipelinesOf({ shop: {} });
    register(pipelines, 'shop', { claims: { repository: 'example/other' } }, 3);
    expect(found(pipelines)).toBe('nobody-fits');
    register(pipelines, 'shop', {}, 2);
    pipelines.apply('PipelineSuspended.v1', { id: 'shop' }, 4);
    expect(found(pipelines)).toBe('nobody-fits');
    register(pipelines, 'shop', undefined, 5);
    expect(found(pipelines, { repository: 'example/other' })).toBe('nobody-fits');
  });

  it('is of no other issuer', () => {
    expect(found(pipelinesOf({ shop: { issuer: 'https://other.example' } }))).toBe('nobody-fits');
  });
});
