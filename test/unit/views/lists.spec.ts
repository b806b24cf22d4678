import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { LOOSEST_POLICY } from '../../../src/domain/environment/policy.js';
import { ArtifactQueries } from '../../../src/views/artifacts/queries.js';
import { WriteDatabase } from '../../../src/views/database.js';
import { EnvironmentQueries } from '../../../src/views/environments/queries.js';
import { EventQueries } from '../../../src/views/events/queries.js';
import { PipelineQueries } from '../../../src/views/pipelines/queries.js';
import { PROJECTORS } from '../../../src/views/projectors.js';
import { ProjectionRunner } from '../../../src/views/runner.js';
import { describeOnEveryDatabase, describeOnOpenViews, type OpenViews } from '../../support/every-database.js';
import { at, baked, defined, digestOf, facts, FakeLedger } from './ledger.js';

let source: DataSource;
const END = 100;

function history(): FakeLedger {
  const told = new FakeLedger();
  const registered = { id: 'ci', name: 'CI', mayBake: ['*'], mayPromoteTo: ['staging'] };
  told.append({ stream: 'pipeline-ci', type: 'PipelineRegistered.v1', data: registered }); // 0
  told.append({ stream: 'pipeline-ci', type: 'PipelineSuspended.v1', data: { id: 'ci' } }); // 1
  told.append({ stream: 'pipeline-ci', type: 'PipelineRegistered.v1', data: { ...registered, name: 'CI 2' } }); // 2
  told.append({ stream: 'pipeline-ci', type: 'PipelineReinstated.v1', data: { id: 'ci' } }); // 3
  told.append(defined('staging')); // 4
  told.append(defined('production', 'staging')); // 5
  const policy = { ...LOOSEST_POLICY, atomic: true };
  const remarks = { reason: 'locked' };
  told.append({
    ...defined('production'),
    type: 'PolicyChanged.v1',
    data: { environment: 'production', policy },
    remarks,
  }); // 6
  told.append(baked('os')); // 7
  told.append(baked('runtime', 'os')); // 8
  told.append(baked('app', 'runtime')); // 9
  told.append(baked('app', 'runtime')); // 10
  const { stream } = baked('app');
  const attestation = { digest: digestOf('app'), type: 'tests', result: 'passed', pipeline: 'ci' };
  told.append({ stream, type: 'AttestationRecorded.v1', data: attestation }); // 11
  const revoked = { digest: digestOf('os'), severity: 'high' };
  told.append({ stream: baked('os').stream, type: 'ArtifactRevoked.v1', data: revoked, remarks: { reason: 'CVE' } }); // 12
  told.append({ stream: 'other-x', type: 'SomethingNew.v9', data: { digest: digestOf('app') } }); // 13
  return told;
}

const use = async ({ database, source: reader }: OpenViews): Promise<void> => {
  source = reader;
  const runner = await ProjectionRunner.start(history(), database, PROJECTORS);
  while (await runner.step());
};

describeOnOpenViews('artifacts', use, () => {
  const page = { position: END, limit: 10, order: 'asc' } as const;

  it('tell what was baked, by which runs, what attested, on which bases, as of a position', async () => {
    const artifacts = new ArtifactQueries(source);
    expect(await artifacts.get(digestOf('app'), 8)).toBeUndefined();
    expect(await artifacts.get(digestOf('app'), 9)).toMatchObject({
      ...{ version: 'app', pipeline: 'payments-ci', bakedAt: at(9), position: 9, attestations: [] },
      runs: [{ runId: 'run-app', position: 9 }],
      lineage: [
        { digest: digestOf('runtime'), component: 'payments', version: 'runtime', revoked: false },
        { digest: digestOf('os'), version: 'os', revoked: false },
      ],
      builtOnIt: 0,
    });
    const now = await artifacts.get(digestOf('app'), END);
    expect(now).toMatchObject({ attestations: [{ type: 'tests', result: 'passed' }], position: 9 });
    expect(now?.runs).toHaveLength(2);
    expect(now?.lineage.map(({ revoked }) => revoked)).toEqual([false, true]);
    expect(await artifacts.get(digestOf('os'), END)).toMatchObject({
      revoked: { at: at(12), severity: 'high', reason: 'CVE', position: 12 },
      builtOnIt: 1,
    });
  });

  it('are listed by component, commit, base and version', async () => {
    const artifacts = new ArtifactQueries(source);
    const versions = async (filter: Parameters<ArtifactQueries['page']>[0], paging: typeof page = page) =>
      (await artifacts.page(filter, paging)).rows.map(({ version }) => version);
    expect(await versions({ component: ['payments'] })).toEqual(['os', 'runtime', 'app']);
    expect(await versions({ base: [digestOf('os')] })).toEqual(['runtime']);
    const commit = (await artifacts.get(digestOf('app'), END))?.sourceCommit ?? '';
    expect(await versions({ commit: [commit], version: ['app', 'os'] })).toEqual(['app']);
    expect(await versions({ pipeline: ['nobody'] })).toEqual([]);
  });
});

describeOnOpenViews('events', use, () => {
  it('are indexed by what they are about, whatever their type', async () => {
    const events = new EventQueries(source);
    const page = { position: END, limit: 10, order: 'desc' } as const;
    const positions = async (filter: Parameters<EventQueries['page']>[0]) =>
      (await events.page(filter, page)).rows.map(({ position }) => position);
    expect(await positions({ digest: [digestOf('app')] })).toEqual([13, 11, 10, 9]);
    expect(await positions({ stream: ['pipeline-ci'], type: ['PipelineSuspended.v1'] })).toEqual([1]);
    expect(await positions({ environment: ['production'] })).toEqual([6, 5]);
    expect(await positions({ actor: ['root'] })).toEqual([6, 5, 4]);
  });

  it('tell the last position of a time', async () => {
    const events = new EventQueries(source);
    expect(await events.positionAt(at(-1))).toBe('before-genesis');
    expect(await events.positionAt(at(0))).toBe(0);
    expect(await events.positionAt(at(3.5))).toBe(3);
    expect(await events.positionAt(at(1_000))).toBe(13);
  });
});

describeOnOpenViews('environments and pipelines', use, () => {
  it('tell the policy in force at a position', async () => {
    const environments = new EnvironmentQueries(source);
    expect(await environments.list(3)).toEqual([]);
    expect((await environments.list(END)).map(({ name }) => name)).toEqual(['production', 'staging']);
    expect(await environments.get('production', 4)).toBeUndefined();
    expect(await environments.get('production', 5)).toMatchObject({ promotesFrom: 'staging', policyRevision: 0 });
    expect(await environments.get('production', 6)).toMatchObject({ policyRevision: 1, policy: { atomic: true } });
    expect(await environments.policyAt('production', 5)).toMatchObject({ revision: 0, policy: LOOSEST_POLICY });
    expect(await environments.policyAt('production', 6)).toMatchObject({
      position: 6,
      actor: 'root',
      reason: 'locked',
    });
  });

  it('tell the registration at a position', async () => {
    const pipelines = new PipelineQueries(source);
    const bounds = { id: 'ci', mayBake: ['*'], mayPromoteTo: ['staging'], identities: [], keys: [] };
    expect(await pipelines.get('ci', -1)).toBeUndefined();
    expect(await pipelines.get('ci', 0)).toEqual({ ...bounds, name: 'CI', status: 'active', since: at(0) });
    expect(await pipelines.get('ci', 2)).toEqual({ ...bounds, name: 'CI 2', status: 'suspended', since: at(1) });
    expect(await pipelines.list(END)).toEqual([{ ...bounds, name: 'CI 2', status: 'active', since: at(3) }]);
  });
});

describeOnEveryDatabase('the projection', (url) => {
  let views: WriteDatabase;
  beforeEach(async () => {
    views = await WriteDatabase.open(url());
  });
  afterEach(() => views.close());

  it.each([
    ['data that is no JSON', (told: FakeLedger) => told.append(baked('x')), { data: '{' }],
    ['a missing field', (told: FakeLedger) => told.append(baked('x')), { data: '{"digest":1}' }],
    ['meta that is no object', (told: FakeLedger) => told.append(baked('x')), { meta: '7' }],
  ])('stops before %s, names it, and keeps what was before', async (_, add, damage) => {
    const told = history();
    const damaged = told.events.length;
    add(told);
    told.events[damaged] = { ...(told.events[damaged] ?? told.append(baked('x'))), ...damage };
    const runner = await ProjectionRunner.start(told, views, PROJECTORS);
    await runner.restart();
    expect(await runner.step()).toBeGreaterThan(0);
    await expect(runner.step()).rejects.toThrow(`at position ${damaged} (ArtifactBaked.v1)`);
    expect(runner.position).toBe(damaged - 1);
  });

  it('stops at the end of a change that never began', async () => {
    const told = history();
    const data = facts({ artifact: 'app', changeId: 'never' });
    told.append({ stream: 'environment-production', type: 'CandidateFailed.v1', data });
    const runner = await ProjectionRunner.start(told, views, PROJECTORS);
    await runner.restart();
    await expect(runner.step()).rejects.toThrow('never');
  });
});
