import { describe, expect, it } from '@jest/globals';
import { toIdentity } from '../../../src/http/mapping/identity.js';
import { HttpProblem } from '../../../src/http/problems/problem.js';

const GITHUB = 'https://token.actions.githubusercontent.com';
const GITLAB = 'https://gitlab.com';

describe('an identity of a registration', () => {
  it.each([
    [GITHUB, 'https://github.com/example/shop/.github/workflows/release.yml@refs/tags/*'],
    [GITHUB, 'https://github.com/example/*'],
    [GITHUB, 'https://github.com/example/shop/.github/workflows/release.yml@refs/heads/main'],
    [GITLAB, 'https://gitlab.com/example/*'],
    ['https://git.example.org', 'https://git.example.org/*'],
  ])('is taken where it says whose it is: %s %s', (issuer, san) => {
    expect(toIdentity({ san, issuer }, 0)).toEqual({ san, issuer });
  });

  it.each([
    [GITHUB, '*'],
    [GITHUB, 'https://github.com/*'],
    [GITHUB, 'https://github.com/exam*/shop/.github/workflows/release.yml@refs/heads/main'],
    [GITHUB, '*/example/shop/.github/workflows/release.yml@refs/heads/main'],
    [GITLAB, 'https://gitlab.com/*/shop//.gitlab-ci.yml@refs/heads/main'],
    ['https://git.example.org', '**'],
  ])('is not taken where anybody’s certificate has it: %s %s', (issuer, san) => {
    expect(() => toIdentity({ san, issuer }, 1)).toThrow(HttpProblem);
    expect(() => toIdentity({ san, issuer }, 1)).toThrow(/identities\.1\.san must say whose/);
  });
});
