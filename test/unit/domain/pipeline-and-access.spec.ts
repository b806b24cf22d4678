import { describe, expect, it } from '@jest/globals';
import * as access from '../../../src/domain/access/state.js';
import { decide as decideAccess } from '../../../src/domain/access/decide.js';
import type { TokenIssued } from '../../../src/domain/access/events.js';
import { decide } from '../../../src/domain/pipeline/decide.js';
import type { PipelineEvent } from '../../../src/domain/pipeline/events.js';
import { evolve, initialState, keysAt } from '../../../src/domain/pipeline/state.js';
import { DAY_1, DAY_2, DAY_3 } from './fixtures.js';
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
  const key = { keyId: 'k1', publicKey: 'PEM', validFrom: DAY_2, validUntil: DAY_3 };
  const add = { kind: 'add-pipeline-key' as const, id: 'shop', key, remarks: {} };
  const added: PipelineEvent = { type: 'PipelineKeyAdded.v1', data: { id: 'shop', ...key }, remarks: {} };
  const revoke = { kind: 'revoke-pipeline-key' as const, id: 'shop', keyId: 'k1', remarks: { reason: 'lost' } };
  const revoked: PipelineEvent = { type: 'PipelineKeyRevoked.v1', data: { id: 'shop', keyId: 'k1' }, remarks: {} };

  it('takes a key once, and loses it once', () => {
    given().when(add, undefined).thenRejected('not-found');
    given(registered)
      .when(add, undefined)
      .then('PipelineKeyAdded.v1', { id: 'shop', ...key });
    given(registered, added).when(add, undefined).thenRejected('already-exists');
    given(registered).when(revoke, undefined).thenRejected('not-found');
    given(registered, added).when(revoke, undefined).then('PipelineKeyRevoked.v1', { keyId: 'k1' });
    given(registered, added, revoked).when(revoke, undefined).thenRejected('not-found');
    given(registered, added, registered).when(revoke, undefined).then('PipelineKeyRevoked.v1');
  });
  it('begins with keys, and keeps them when its registration changes', () => {
    const began: PipelineEvent = { ...registered, data: { ...registration, keys: [key] } };
    given(began).when(add, undefined).thenRejected('already-exists');
    given(began, registered).when(revoke, undefined).then('PipelineKeyRevoked.v1', { keyId: 'k1' });
    given(began, revoked).when(revoke, undefined).thenRejected('not-found');
  });
  it('signs with a key within its bounds only', () => {
    expect(keysAt([key], DAY_1)).toEqual([]);
    expect(keysAt([key], DAY_2)).toEqual([key]);
    expect(keysAt([key], DAY_3)).toEqual([]);
    expect(keysAt([{ keyId: 'k2', publicKey: 'PEM' }], DAY_1)).toHaveLength(1);
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
