import { describe, expect, it } from '@jest/globals';
import { toOidc } from '../../../../src/http/mapping/oidc.js';
import { HttpProblem } from '../../../../src/http/problems/problem.js';

const GITHUB = 'https://token.actions.githubusercontent.com';
const GITLAB = 'https://gitlab.com';

describe('the claims of a registration', () => {
  const problemOf = (issuer: string, claims: Record<string, unknown>): string => {
    try {
      toOidc({ issuer, claims });
      return '';
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      expect(error.body.status).toBe(400);
      return error.body.detail;
    }
  };

  it.each<[string, Record<string, string>]>([
    [GITHUB, { repository: 'example/shop' }],
    [GITHUB, { repository: 'example/*', environment: '*' }],
    [GITHUB, { repository_id: '74' }],
    [GITHUB, { sub: 'repo:example/shop:*' }],
    [GITHUB, { sub: 'repository_owner:example:*' }],
    [GITHUB, { sub: 'repository_id:74:*' }],
    [GITHUB, { repository_owner_id: '1024', repository: 'example/*', job_workflow_ref: 'example/flows/*' }],
    [GITLAB, { project_path: 'example/*' }],
    [GITLAB, { project_id: '22' }],
    [GITLAB, { sub: 'project_path:example/shop:ref_type:branch:ref:*' }],
    [GITLAB, { ci_config_ref_uri: 'gitlab.com/example/shop//.gitlab-ci.yml@refs/heads/main' }],
    ['https://git.example.org', { project_path: '*', ref: 'main' }],
  ])('are taken where they say whose it is: %s %j', (issuer, claims) => {
    expect(problemOf(issuer, claims)).toBe('');
  });

  it.each<[string, Record<string, string>]>([
    [GITHUB, { ref: 'refs/heads/main' }],
    [GITHUB, { repository: '*' }],
    [GITHUB, { repository: '*/shop' }],
    [GITHUB, { repository: 'exam*/shop' }],
    [GITHUB, { repository: '**', ref: 'refs/heads/main' }],
    [GITHUB, { repository_id: '7*' }],
    [GITHUB, { sub: '*' }],
    [GITHUB, { sub: 'repo:*' }],
    [GITHUB, { sub: 'repo:exam*/shop:ref:refs/heads/main' }],
    // Anybody may call a public workflow, and have their own sub made of what they choose.
    [GITHUB, { job_workflow_ref: 'example/flows/.github/workflows/release.yml@refs/heads/main' }],
    [GITHUB, { sub: 'job_workflow_ref:example/flows/.github/workflows/release.yml@*' }],
    [GITHUB, { sub: 'head_ref:example/shop' }],
    [GITHUB, { sub: 'environment:example:*' }],
    [GITLAB, { sub: 'ref:example/shop' }],
    [GITHUB, { workflow_ref: '*/release.yml@refs/heads/main' }],
    [GITHUB, { project_path: 'example/shop' }],
    [GITLAB, { project_path: '*/shop' }],
    [GITLAB, { ci_config_ref_uri: 'gitlab.com/*' }],
    [GITLAB, { repository: 'example/shop' }],
    ['https://git.example.org', { ref: '*', sub: '**' }],
  ])('are not taken where anybody could have them: %s %j', (issuer, claims) => {
    expect(problemOf(issuer, claims)).toMatch(/oidc\.claims must (name whose|have one with more)/);
  });

  it.each<[string, Record<string, unknown>]>([
    ['are none', {}],
    ['are too many', Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`claim${n}`, 'x']))],
    ['are no texts', { repository: 7 }],
    ['are empty', { repository: '' }],
    ['are too long', { repository: 'x'.repeat(501) }],
    ['have control characters', { repository: 'x\ny' }],
    ['have a name with a space', { 'a b': 'x' }],
    ['are checked anyway', { aud: 'cairn', repository: 'x' }],
  ])('are not taken where they %s', (_what, claims) => {
    expect(problemOf('https://git.example.org', claims)).toMatch(/^oidc\.claims must/);
  });
});
