import { describe, expect, it } from '@jest/globals';
import type { Retire, RollBack } from '../../../src/domain/environment/commands.js';
import { decide } from '../../../src/domain/environment/decide.js';
import { rollBackTargets } from '../../../src/domain/environment/rollback.js';
import { evolve, initialState, type DefinedEnvironment, type Instance } from '../../../src/domain/environment/state.js';
import { A, B, C, SUSPENDED, baked, context, defined, promoted, retired, rolledBack, started } from './fixtures.js';
import { Specification } from './specification.js';

const specification = new Specification({ initialState, evolve }, decide);
const { given } = specification;

const rollBack = (more: Partial<RollBack> = {}): RollBack => ({
  kind: 'roll-back',
  environment: 'production',
  service: 'shop-api',
  remarks: {},
  ...more,
});
const retire = (more: Partial<Retire> = {}): Retire => ({
  kind: 'retire',
  environment: 'production',
  service: 'shop-api',
  remarks: {},
  ...more,
});
const instance = (digest: string): Instance => ({
  digest,
  component: 'shop-api',
  version: '1.0.0',
  layer: 'application',
  changeId: `change-of-${digest.slice(-1)}`,
});
const replacing = [defined(), promoted(A), promoted(B, { replaced: A })] as const;

describe('a roll-back', () => {
  const targets = (command: RollBack, ...events: Parameters<typeof given>) =>
    rollBackTargets(command, specification.stateAfter(events) as DefinedEnvironment).map(({ digest }) => digest);

  it('goes to what was live before and withdraws what was live', () =>
    given(...replacing)
      .when(rollBack(), context({ target: instance(A) }))
      .then('ArtifactRolledBack.v1', {
        digest: A,
        withdrawn: { digest: B, changeId: 'change-of-b' },
        unchanged: false,
      }));

  it('without a digest has the earlier ones to choose from, newest first, without what was withdrawn', () => {
    expect(targets(rollBack(), ...replacing, promoted(C, { replaced: B }))).toEqual([B, A]);
    expect(targets(rollBack(), ...replacing, promoted(C, { replaced: B }), rolledBack(B, C))).toEqual([A]);
    expect(targets(rollBack(), ...replacing, rolledBack(A, B))).toEqual([]);
  });

  it('may name a retired digest', () =>
    expect(targets(rollBack({ digest: A }), ...replacing, retired(A))).toEqual([A]));

  it('to what was withdrawn is possible again once it was switched to again', () => {
    const again = [...replacing, rolledBack(A, B), promoted(B, { replaced: A }), promoted(C, { replaced: B })];
    expect(targets(rollBack({ digest: B }), ...again)).toEqual([B]);
  });

  it('to what is live changes nothing', () =>
    given(...replacing)
      .when(rollBack({ digest: B }), context({ target: instance(B) }))
      .then('ArtifactRolledBack.v1', { digest: B, unchanged: true }));

  it('is bound by neither stage, soak, strategy nor evidence', () =>
    given(defined({ soak: 'P9D', strategies: ['blue-green'], evidence: [{ type: 'scan' }] }), promoted(A), promoted(B))
      .when(rollBack(), context({ target: instance(A), stage: { status: 'never' } }))
      .then('ArtifactRolledBack.v1'));

  it('by a person needs no registration', () =>
    given(...replacing)
      .when(rollBack(), context({ target: instance(A), caller: { kind: 'person' } }))
      .then('ArtifactRolledBack.v1'));

  it('is refused where there is no way back', () => {
    given(defined()).when(rollBack(), context()).thenRefused('not-deployed');
    given(defined(), promoted(A)).when(rollBack(), context()).thenRefused('not-deployed');
    given(...replacing, rolledBack(A, B))
      .when(rollBack({ digest: B }), context({ target: instance(B) }))
      .thenRefused('not-deployed', { detail: expect.stringContaining('rolled back away from') });
  });

  it('is refused to what is revoked, and to a suspended pipeline', () => {
    given(...replacing)
      .when(rollBack(), context({ target: instance(A), artifact: { state: baked({ revoked: true }) } }))
      .thenRefused('artifact-revoked');
    given(...replacing)
      .when(rollBack(), context({ target: instance(A), caller: SUSPENDED }))
      .thenRefused('pipeline-suspended');
  });
});

describe('a retirement', () => {
  it('recycles a deprecated instance', () =>
    given(...replacing)
      .when(retire({ digest: A }), context())
      .then('ArtifactRetired.v1', { digest: A }));
  it('without a digest takes the whole service away', () =>
    given(...replacing)
      .when(retire(), context())
      .then('ServiceRetired.v1', { digest: B, replaced: { digest: B }, recycled: [A] }));
  it('of what takes traffic is refused', () =>
    given(...replacing)
      .when(retire({ digest: B }), context())
      .thenRefused('still-live'));
  it('of what is not there is refused', () => {
    given(defined()).when(retire(), context()).thenRefused('not-deployed');
    given(...replacing)
      .when(retire({ digest: C }), context())
      .thenRefused('not-deployed');
    given(...replacing, retired(A))
      .when(retire({ digest: A }), context())
      .thenRefused('not-deployed');
    given(defined(), promoted(A), promoted(B, { replaced: A, recycled: true }))
      .when(retire({ digest: A }), context())
      .thenRefused('not-deployed');
  });
  it('of a service with an open candidate is refused', () => {
    given(...replacing, started(C))
      .when(retire(), context())
      .thenRefused('promotion-in-progress');
    given(...replacing, started(C))
      .when(retire({ digest: C }), context())
      .thenRefused('promotion-in-progress');
    given(...replacing, started(C))
      .when(retire({ digest: A }), context())
      .then('ArtifactRetired.v1');
  });
});
