import { describe, expect, it } from '@jest/globals';
import { LOOSEST_POLICY } from '../../../../src/domain/environment/policy.js';
import { evidenceOf } from '../../../../src/reports/dossier/evidence.js';
import { candidates } from '../../../../src/reports/dossier/find-way-back.js';
import { replacementOf } from '../../../../src/reports/dossier/replacement.js';
import { timelineOf } from '../../../../src/reports/dossier/timeline.js';
import { wayBackOf } from '../../../../src/reports/dossier/way-back.js';
import type { LifeEvent } from '../../../../src/views/events/life.js';
import type { Stay } from '../../../../src/views/known-good/service-history.js';
import { at, digestOf, uuid } from '../../views/ledger.js';
import { artifact, factsOf } from './facts.js';

const attestation = (position: number, result: string, minutes = position) => ({
  ...{ digest: artifact.digest, position, type: 'tests', result, pipeline: 'ci', proof: 'token' as const },
  ...{ recordedAt: at(position), occurredAt: at(minutes) },
});

const stay = (name: string | null, sincePosition: number, endedBefore: Stay['endedBefore'] = 'replaced'): Stay => ({
  ...{ sincePosition, since: at(sincePosition), sinceOccurredAt: at(sincePosition), endedBefore },
  digest: name === null ? null : digestOf(name),
  ...{ component: 'payments', version: name, layer: 'application', changeId: uuid(sincePosition) },
});

const event = (position: number, type: string): LifeEvent => ({
  ...{ position, id: uuid(position), stream: 's', revision: 0, type, environment: null, service: null },
  ...{ digest: artifact.digest, changeId: null, actor: 'ci', recordedAt: at(position), occurredAt: at(position - 1) },
});

describe('evidence', () => {
  const required = (attestations: ReturnType<typeof attestation>[]) => {
    const section = evidenceOf(factsOf({ artifact: { ...artifact, attestations } }));
    if ('none' in section) throw new Error(section.none);
    return section;
  };

  it('is met by the newest result that was known at the decision', () => {
    expect(required([]).required).toEqual([{ type: 'tests', met: false }]);
    expect(required([attestation(2, 'failed'), attestation(3, 'passed')]).required).toMatchObject([{ met: true }]);
    expect(required([attestation(2, 'passed'), attestation(3, 'failed')]).required).toMatchObject([{ met: false }]);
    // Late news of an earlier result is not the newest one.
    expect(required([attestation(2, 'passed'), attestation(3, 'failed', 1)]).required).toMatchObject([{ met: true }]);
    expect(required([attestation(2, 'passed'), attestation(11, 'failed')])).toMatchObject({
      ...{ later: 1, required: [{ met: true }], attestations: [{ result: 'passed' }] },
    });
  });

  it('says who signed it, and counts as the policy asks', () => {
    const policy = {
      policy: { ...LOOSEST_POLICY, evidence: [{ type: 'tests', proof: 'signed', by: ['ci'] }] },
    } as const;
    const asked = { ...factsOf().policy, ...policy, revision: 1, position: 0, recordedAt: at(0), actor: 'root' };
    const signed = {
      ...attestation(2, 'passed'),
      proof: 'signed',
      signerKey: 'ab12',
      predicateType: 'https://e/t',
    } as const;
    const certified = { ...signed, proof: 'keyless', signerName: 'https://ci/x', signerIssuer: 'https://ci' } as const;
    const of = (attestations: readonly (typeof signed | typeof certified | ReturnType<typeof attestation>)[]) =>
      evidenceOf(factsOf({ artifact: { ...artifact, attestations }, policy: asked }));
    expect(of([attestation(3, 'passed')])).toMatchObject({
      required: [{ type: 'tests', proof: 'signed', pipelines: ['ci'], met: false }],
    });
    expect(of([signed, attestation(3, 'passed')])).toMatchObject({
      attestations: [{ proof: 'signed', signedBy: 'key ab12', predicateType: 'https://e/t' }, { proof: 'token' }],
      required: [{ met: true, by: { signedBy: 'key ab12' } }],
    });
    expect(of([certified])).toMatchObject({ attestations: [{ signedBy: 'https://ci/x of https://ci' }] });
    expect(of([signed, attestation(3, 'failed')])).toMatchObject({
      required: [{ met: false, by: { proof: 'token' } }],
    });
  });

  it('is asked of what moves traffic to a new artifact only', () => {
    const { change } = factsOf();
    for (const other of [{ kind: 'rollback' }, { kind: 'retirement' }, { effect: 'none' }] as const) {
      const section = evidenceOf(factsOf({ change: { ...change, ...other } }));
      expect(section).toMatchObject({ required: { none: expect.any(String) } });
    }
  });

  it('tells the newest of very many, and how many there are besides', () => {
    const section = required(Array.from({ length: 130 }, (_, index) => attestation(index / 100, 'passed')));
    expect(section.attestations).toHaveLength(100);
    expect(section.more).toBe(30);
  });
});

describe('what was replaced', () => {
  it('differs field by field', () => {
    const old = { ...artifact, digest: digestOf('old'), version: '1.0.0', sourceCommit: 'c1', sourceAuthor: 'ann' };
    const section = replacementOf(factsOf({ before: { stay: stay('old', 3), artifact: old } }));
    expect(section).toMatchObject({
      happened: true,
      difference: [
        { field: 'version', from: '1.0.0', to: '2.0.0' },
        { field: 'commit', from: 'c1', to: 'c2' },
        { field: 'author', from: 'ann', to: null },
      ],
    });
    expect(replacementOf(factsOf({ before: { stay: stay('old', 3), artifact: undefined } }))).toMatchObject({
      difference: { none: expect.any(String) },
    });
  });

  it('says why there is nothing', () => {
    expect(replacementOf(factsOf())).toEqual({ none: expect.stringContaining('Nothing took the traffic') });
    const { change } = factsOf();
    const unchanged = { ...change, effect: 'none' } as const;
    expect(replacementOf(factsOf({ change: unchanged }))).toEqual({ none: expect.stringContaining('live already') });
    const { service: _service, ...placeless } = change;
    expect(replacementOf(factsOf({ change: placeless }))).toEqual({ none: 'The command named no service.' });
  });
});

describe('the way back', () => {
  it('leaves out what is live, what was rolled back, and what came before it of the same digest', () => {
    const stays = [
      stay('live', 9, 'rolled-back'),
      stay('bad', 8),
      stay('good', 7, null),
      stay(null, 6, 'retired'),
      stay('bad', 5),
      stay('live', 4),
      stay('oldest', 3, null),
    ];
    expect(candidates(stays).map(({ version }) => version)).toEqual(['good', 'oldest']);
    expect(candidates([])).toEqual([]);
  });

  it('is none for what never took traffic', () => {
    const { change } = factsOf();
    for (const outcome of ['refused', 'failed', 'abandoned'] as const) {
      expect(wayBackOf(factsOf({ change: { ...change, outcome } }))).toEqual({ none: expect.any(String) });
    }
    expect(wayBackOf(factsOf({ change: { ...change, outcome: 'in-progress' } }))).toEqual({ none: expect.any(String) });
    const live = { ...stay('new', 10), changeId: change.changeId };
    expect(wayBackOf(factsOf({ current: live }))).toEqual({ none: expect.stringContaining('No earlier known-good') });
  });
});

describe('the timeline', () => {
  it('is in the order of the ledger, each event once, with the skew of the clocks, and says when it is cut', () => {
    const events = [event(5, 'ArtifactRetired.v1'), event(1, 'ArtifactBaked.v1'), event(5, 'ArtifactRetired.v1')];
    const timeline = timelineOf(factsOf({ life: { events, isCut: true } }));
    expect(timeline.entries.map(({ position, skewMs }) => [position, skewMs])).toEqual([
      [1, 60_000],
      [5, 60_000],
    ]);
    expect(timeline.isCut).toBe(true);
  });

  it('begins with the commit, as the bake tells it', () => {
    const committed = { ...artifact, sourceCommittedAt: at(-60), sourceAuthor: 'ann' };
    const [first] = timelineOf(factsOf({ artifact: committed })).entries;
    expect(first).toMatchObject({
      what: 'committed: c2',
      eventId: artifact.eventId,
      actor: 'ann',
      skewMs: 61 * 60_000,
    });
  });
});
