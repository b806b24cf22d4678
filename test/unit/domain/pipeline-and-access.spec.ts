import { describe, it } from '@jest/globals';
import * as access from '../../../src/domain/access/state.js';
import { decide as decideAccess } from '../../../src/domain/access/decide.js';
import type { TokenIssued } from '../../../src/domain/access/events.js';
import { decide } from '../../../src/domain/pipeline/decide.js';
import type { PipelineEvent } from '../../../src/domain/pipeline/events.js';
import { evolve, initialState } from '../../../src/domain/pipeline/state.js';
import { Specification } from './specification.js';

describe('a pipeline', () => {
  const { given } = new Specification({ initialState, evolve }, decide);
  const registration = { id: 'shop', name: 'Shop', mayBake: ['shop-*'], mayPromoteTo: ['*'] };
  const registered: PipelineEvent = { type: 'PipelineRegistered.v1', data: registration, remarks: {} };
  const suspended: PipelineEvent = { type: 'PipelineSuspended.v1', data: { id: 'shop' }, remarks: {} };
  const command = <K extends string>(kind: K) => ({ kind, id: 'shop', registration, remarks: {} });

  it('is registered once', () => {
    given().when(command('register-pipeline'), undefined).then('PipelineRegistered.v1', registration);
    given(registered).when(command('register-pipeline'), undefined).thenRejected('already-exists');
  });
  it('is changed, suspended and reinstated once it is there', () => {
    given().when(command('change-pipeline'), undefined).thenRejected('not-found');
    given(registered).when(command('change-pipeline'), undefined).then('PipelineRegistered.v1');
    given(registered).when(command('suspend-pipeline'), undefined).then('PipelineSuspended.v1');
    given(registered, suspended).when(command('reinstate-pipeline'), undefined).then('PipelineReinstated.v1');
    given(registered).when(command('reinstate-pipeline'), undefined).thenRejected('not-suspended');
  });
  it('stays suspended when its registration changes', () =>
    given(registered, suspended, registered)
      .when(command('reinstate-pipeline'), undefined)
      .then('PipelineReinstated.v1'));
});

describe('a token', () => {
  const { given } = new Specification({ initialState: access.initialState, evolve: access.evolve }, decideAccess);
  const grant = { id: 't1', subject: 'ann', role: 'auditor' as const, hash: 'ab'.repeat(32) };
  const issued: TokenIssued = { type: 'TokenIssued.v1', data: grant, remarks: {} };
  const revoke = { kind: 'revoke-token' as const, subject: 'ann', id: 't1', remarks: {} };

  it('is issued, and revoked once', () => {
    given().when({ kind: 'issue-token', subject: 'ann', grant, remarks: {} }, undefined).then('TokenIssued.v1', grant);
    given(issued).when(revoke, undefined).then('TokenRevoked.v1', { id: 't1' });
    given(issued, { type: 'TokenRevoked.v1', data: { id: 't1', subject: 'ann' }, remarks: {} })
      .when(revoke, undefined)
      .thenRejected('not-found');
  });
});
