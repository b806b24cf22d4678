import { describe, expect, it } from '@jest/globals';
import { predicateTypeOf, slsaProvenance } from '../../../src/cli/attest/predicate.js';
import { needed } from '../../../src/cli/build-options.js';
import { bakeBody } from '../../../src/cli/bake/body.js';
import { ciEnvironment } from '../../../src/cli/ci-environment.js';
import { checkSource, readSlsa, SLSA_V1 } from '../../../src/provenance/slsa.js';

const GITHUB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'octo/shop',
  GITHUB_SHA: 'c0ffee1d2c3b4a5968778695a4b3c2d1e0f10203',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_RUN_ID: '4711',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_WORKFLOW_REF: 'octo/shop/.github/workflows/release.yml@refs/heads/main',
  GITHUB_ACTOR: 'octocat',
};
const GITLAB = {
  GITLAB_CI: 'true',
  CI_PROJECT_URL: 'https://gitlab.example/octo/shop',
  CI_COMMIT_SHA: 'c0ffee1d2c3b4a5968778695a4b3c2d1e0f10203',
  CI_COMMIT_REF_NAME: 'main',
  CI_COMMIT_TIMESTAMP: '2026-03-01T10:00:00+01:00',
  CI_PIPELINE_ID: '4711',
  CI_PIPELINE_URL: 'https://gitlab.example/octo/shop/-/pipelines/4711',
  CI_JOB_ID: '99',
  CI_JOB_URL: 'https://gitlab.example/octo/shop/-/jobs/99',
  CI_RUNNER_ID: '7',
  CI_CONFIG_PATH: '.gitlab-ci.yml',
  GITLAB_USER_LOGIN: 'octocat',
};
const BAKE = {
  digest: `sha256:${'ab'.repeat(32)}`,
  ...{ component: 'shop-api', version: '1.4.0', kind: 'package', layer: 'application' },
};

describe('what a CI says of its job', () => {
  it('is read in GitHub Actions', () => {
    expect(ciEnvironment(GITHUB)).toEqual({
      repository: 'https://github.com/octo/shop',
      commit: GITHUB.GITHUB_SHA,
      ref: 'refs/heads/main',
      run: '4711',
      runUrl: 'https://github.com/octo/shop/actions/runs/4711',
      invocation: 'https://github.com/octo/shop/actions/runs/4711/attempts/2',
      builder: 'https://github.com/octo/shop/.github/workflows/release.yml@refs/heads/main',
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      workflow: '.github/workflows/release.yml',
    });
  });

  it('is read in GitLab CI', () => {
    expect(ciEnvironment(GITLAB)).toEqual({
      repository: GITLAB.CI_PROJECT_URL,
      commit: GITLAB.CI_COMMIT_SHA,
      ref: 'refs/heads/main',
      committedAt: GITLAB.CI_COMMIT_TIMESTAMP,
      run: '4711',
      runUrl: GITLAB.CI_PIPELINE_URL,
      invocation: GITLAB.CI_JOB_URL,
      builder: 'https://gitlab.example/octo/shop/-/runners/7',
      buildType: 'https://docs.gitlab.com/ci/yaml/',
      workflow: '.gitlab-ci.yml',
    });
    expect(ciEnvironment({ ...GITLAB, CI_COMMIT_TAG: 'v1.4.0', CI_COMMIT_REF_NAME: 'v1.4.0' }).ref).toBe(
      'refs/tags/v1.4.0',
    );
  });

  it('is nothing where there is none, and a variable that is empty says nothing', () => {
    expect(ciEnvironment({ ...GITHUB, GITHUB_ACTIONS: undefined })).toEqual({});
    expect(ciEnvironment({ ...GITLAB, GITLAB_CI: '' })).toEqual({});
    expect(ciEnvironment({ GITHUB_ACTIONS: 'true', GITHUB_SHA: '' })).toEqual({
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    });
  });
});

describe('provenance', () => {
  it.each([
    ['GitHub Actions', GITHUB, 'https://github.com/octo/shop'],
    ['GitLab CI', GITLAB, 'https://gitlab.example/octo/shop.git'],
  ])('of a job in %s agrees with its bake', (_ci, variables, repository) => {
    const ci = ciEnvironment(variables);
    const predicate = slsaProvenance({}, ci, ci.invocation) as Record<string, unknown>;
    const slsa = readSlsa({ predicateType: SLSA_V1, predicate });
    expect(slsa.builder).toBe(ci.builder);
    expect(slsa.sources).toContainEqual(expect.objectContaining({ commit: ci.commit }));
    checkSource(slsa, { repository, commit: 'c0ffee1' });
    expect(() => checkSource(slsa, { repository, commit: 'decade0' })).toThrow('commit decade0');
    expect(() => checkSource(slsa, { repository: 'https://github.com/octo/other', commit: 'c0ffee1' })).toThrow(
      'octo/other',
    );
    expect(predicate['runDetails']).toMatchObject({ metadata: { invocationId: ci.invocation } });
  });

  it('of a build elsewhere says what the options say, in the form that SLSA has for it', () => {
    const said = { commit: 'c0ffee1', builder: 'https://ci.example', buildType: 'https://ci.example/v1' };
    const predicate = slsaProvenance({ ...said, repository: 'git@git.example:octo/shop.git', ref: 'refs/heads/x' }, {});
    expect(predicate).toEqual({
      buildDefinition: {
        buildType: 'https://ci.example/v1',
        externalParameters: {
          source: { uri: 'git+ssh://git@git.example/octo/shop.git@refs/heads/x', digest: { gitCommit: 'c0ffee1' } },
        },
        resolvedDependencies: [
          { uri: 'git+ssh://git@git.example/octo/shop.git@refs/heads/x', digest: { gitCommit: 'c0ffee1' } },
        ],
      },
      runDetails: { builder: { id: 'https://ci.example' } },
    });
    const slsa = readSlsa({ predicateType: SLSA_V1, predicate: predicate as Record<string, unknown> });
    checkSource(slsa, { repository: 'https://git.example/octo/shop', commit: 'c0ffee1' });
  });

  it('is not made up: what nobody says is asked for by its option', () => {
    expect(() => slsaProvenance({ repository: 'https://git.example/shop' }, {})).toThrow(
      '--commit, --builder, --build-type must be given.',
    );
    expect(() => needed({ runUrl: undefined })).toThrow('--run-url');
  });
});

describe('a kind of predicate', () => {
  it.each([
    ['provenance', SLSA_V1],
    ['test-result', 'https://in-toto.io/attestation/test-result/v0.1'],
    ['cyclonedx', 'https://cyclonedx.org/bom'],
    ['https://e.org/mine/v1', 'https://e.org/mine/v1'],
  ])('%s is %s', (name, uri) => expect(predicateTypeOf(name)).toBe(uri));

  it.each(['tests', 'in-toto.io/attestation', '', 'toString'])('is not %j', (name) =>
    expect(() => predicateTypeOf(name)).toThrow('no kind of predicate'),
  );
});

describe('the body of a bake', () => {
  it('takes from the CI what the options leave out, and no name of a person', () => {
    const body = bakeBody(BAKE, ciEnvironment(GITLAB), undefined);
    expect(body).toEqual({
      ...BAKE,
      source: {
        repository: GITLAB.CI_PROJECT_URL,
        commit: GITLAB.CI_COMMIT_SHA,
        ref: 'refs/heads/main',
        committedAt: GITLAB.CI_COMMIT_TIMESTAMP,
      },
      run: { id: '4711', url: GITLAB.CI_PIPELINE_URL },
    });
    expect(JSON.stringify(bakeBody(BAKE, ciEnvironment(GITHUB), undefined))).not.toContain('octocat');
  });

  it('says of another commit and another run only what the options say of them', () => {
    const options = { ...BAKE, commit: 'decade0', run: '18', author: 'dev-3', triggeredBy: 'dev-4', reason: 'hotfix' };
    expect(bakeBody(options, ciEnvironment(GITLAB), { a: 1 })).toEqual({
      ...BAKE,
      source: { repository: GITLAB.CI_PROJECT_URL, commit: 'decade0', ref: 'refs/heads/main', author: 'dev-3' },
      run: { id: '18', triggeredBy: 'dev-4' },
      provenance: { a: 1 },
      reason: 'hotfix',
    });
  });

  it('asks for what nobody says', () => {
    expect(() => bakeBody(BAKE, {}, undefined)).toThrow('--repository, --commit, --run must be given.');
  });
});
