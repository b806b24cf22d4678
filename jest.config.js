import { availableParallelism } from 'node:os';

const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};
const project = (name) => ({ ...base, displayName: name, testMatch: [`<rootDir>/test/${name}/**/*.spec.ts`] });

export default {
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  testTimeout: 60_000,
  // On two cores Jest would take one of them and keep the other for a person who watches. Many tests wait for a process,
  // a database or a time, so three take less time than two.
  maxWorkers: Math.max(3, availableParallelism() - 1),
  projects: ['architecture', 'unit', 'contract', 'projections', 'e2e', 'browser'].map(project),
};
