type Variables = Readonly<Record<string, string | undefined>>;

/** What a CI says of the job that it runs; each absent where it does not say it. */
export interface CiEnvironment {
  readonly repository?: string;
  readonly commit?: string;
  /** With `refs/` before it. */
  readonly ref?: string;
  /** RFC 3339. */
  readonly committedAt?: string;
  readonly run?: string;
  readonly runUrl?: string;
  /** URI of this very attempt at the run. */
  readonly invocation?: string;
  /** URI of what runs the build, as the CI's own provenance has it. */
  readonly builder?: string;
  /** URI of how a build is told what to do. */
  readonly buildType?: string;
  /** Path of the file that tells it, in the repository. */
  readonly workflow?: string;
}

/**
 * What the variables of GitHub Actions or GitLab CI say. Nobody's name is among it: what a bake says of its source and its
 * run cannot be erased, so a person is named by who writes the job, with a pseudonym.
 */
export function ciEnvironment(variables: Variables): CiEnvironment {
  if (isGitHubActions(variables)) return stated(gitHubActions(variables));
  if (variables['GITLAB_CI'] === 'true') return stated(gitLab(variables));
  return {};
}

export const isGitHubActions = (variables: Variables): boolean => variables['GITHUB_ACTIONS'] === 'true';

type Found = { readonly [Name in keyof CiEnvironment]: string | undefined };

function gitHubActions(variables: Variables): Found {
  const server = variables['GITHUB_SERVER_URL'] ?? 'https://github.com';
  const name = variables['GITHUB_REPOSITORY'];
  const repository = name && `${server}/${name}`;
  const run = variables['GITHUB_RUN_ID'];
  const runUrl = repository && run && `${repository}/actions/runs/${run}`;
  // `octo/shop/.github/workflows/release.yml@refs/heads/main`
  const workflow = variables['GITHUB_WORKFLOW_REF'];
  return {
    repository,
    commit: variables['GITHUB_SHA'],
    ref: variables['GITHUB_REF'],
    committedAt: undefined,
    run,
    runUrl,
    invocation: runUrl && `${runUrl}/attempts/${variables['GITHUB_RUN_ATTEMPT'] ?? '1'}`,
    builder: workflow && `${server}/${workflow}`,
    buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    workflow: workflow?.replace(/@.*$/, '').replace(`${name ?? ''}/`, ''),
  };
}

function gitLab(variables: Variables): Found {
  const repository = variables['CI_PROJECT_URL'];
  const { CI_COMMIT_TAG: tag, CI_COMMIT_REF_NAME: name, CI_RUNNER_ID: runner } = variables;
  const branch = name && `refs/heads/${name}`;
  return {
    repository,
    commit: variables['CI_COMMIT_SHA'],
    ref: tag ? `refs/tags/${tag}` : branch,
    committedAt: variables['CI_COMMIT_TIMESTAMP'],
    run: variables['CI_PIPELINE_ID'] ?? variables['CI_JOB_ID'],
    runUrl: variables['CI_PIPELINE_URL'] ?? variables['CI_JOB_URL'],
    invocation: variables['CI_JOB_URL'],
    builder: repository && (runner ? `${repository}/-/runners/${runner}` : repository),
    buildType: 'https://docs.gitlab.com/ci/yaml/',
    workflow: variables['CI_CONFIG_PATH'],
  };
}

/** A variable that is set to nothing says nothing. */
const stated = (found: Found): CiEnvironment =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined && value !== ''));
