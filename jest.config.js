const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};
const project = (name) => ({ ...base, displayName: name, testMatch: [`<rootDir>/test/${name}/**/*.spec.ts`] });

export default {
  // Worker threads run compiled code only, so the sources are compiled once before the tests.
  globalSetup: '<rootDir>/tools/build.js',
  testTimeout: 60_000,
  projects: ['architecture', 'unit', 'contract', 'projections', 'e2e', 'browser'].map(project),
};
