import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChangeFact, IncidentFact, Population } from '../../../../src/reports/advisory-board/facts.js';
import { METRIC_IDS, type MetricId } from '../../../../src/reports/advisory-board/definitions.js';
import { countsByReason, tileOf } from '../../../../src/reports/advisory-board/metric-block.js';
import { backDated } from '../../../../src/reports/advisory-board/metrics/back-dated.js';
import { MEASURES } from '../../../../src/reports/advisory-board/metrics/measures.js';
import { at, uuid } from '../../views/ledger.js';
import { change, DAY, incident, live, population, refusal } from './rows.js';

const of = (id: MetricId, more: Partial<Population>) => MEASURES[id](population(more));
const reasons = (id: MetricId, more: Partial<Population>) => Object.fromEntries(countsByReason(of(id, more).leftOut));

describe('deployment frequency', () => {
  it('counts switches, and neither roll-backs nor what moved no traffic', () => {
    const changes = [
      change(1),
      change(2),
      change(3, { effect: 'none' }),
      change(4, { kind: 'rollback' }),
      change(5, { ended: 'failed', effect: null }),
      change(6, { ended: 'abandoned', effect: null }),
      refusal(7),
    ];
    expect(of('deployment-frequency', { changes })).toMatchObject({ value: 0.5, display: '0.5 a day (2 in 4 days)' });
    expect(reasons('deployment-frequency', { changes })).toEqual({
      'roll-back': 1,
      'changed-nothing': 1,
      'candidate-failed': 1,
      abandoned: 1,
    });
  });

  it('is zero, not unknown, where nothing was switched', () => {
    expect(of('deployment-frequency', {})).toMatchObject({ status: 'known', value: 0 });
  });

  it('counts the days of which the ledger knows, and has no data where there are none', () => {
    const changes = [change(1, { occurredAt: at(3 * DAY) })];
    const known = { from: at(2 * DAY + DAY / 2), to: at(4 * DAY) };
    expect(of('deployment-frequency', { changes, known })).toMatchObject({ denominator: 1.5, value: 1 / 1.5 });
    expect(of('days-without-switches', { changes, known })).toMatchObject({ numerator: 1, denominator: 2 });
    for (const id of ['deployment-frequency', 'days-without-switches'] as const) {
      const display = 'no data: the ledger knows nothing of this time';
      expect(of(id, { known: null })).toMatchObject({ status: 'no-data', value: null, display });
    }
  });

  it('needs a day for a number a day, unless the period itself is shorter', () => {
    const changes = [change(1)];
    const hours = { from: at(0), to: at(DAY / 2) };
    expect(of('deployment-frequency', { changes, known: hours }).status).toBe('no-data');
    expect(of('deployment-frequency', { changes, known: hours, period: hours }).value).toBe(2);
  });

  it('has no trend against a time of which the ledger knows nothing', () => {
    const id = 'deployment-frequency';
    const tile = tileOf(id, { current: of(id, { changes: [change(1)] }), previous: of(id, { known: null }) });
    expect(tile).not.toHaveProperty('trend');
    expect(tile).not.toHaveProperty('previous');
  });

  it('tells the days with none', () => {
    const changes = [change(1), change(2), change(3, { occurredAt: at(3 * DAY - 1) })];
    expect(of('days-without-switches', { changes })).toMatchObject({ numerator: 2, denominator: 4 });
  });
});

describe('change lead time', () => {
  const after = (minutes: number, n: number) => change(n, { occurredAt: at(100), committedAt: at(100 - minutes) });

  it('is the median and the nearest rank of nine tenths', () => {
    const changes = [1, 2, 3, 10].map(after);
    expect(of('change-lead-time', { changes }).value).toBe(150);
    expect(of('change-lead-time-p90', { changes }).value).toBe(600);
  });

  it('leaves out what has no commit time, and what was committed after its switch', () => {
    const changes = [after(5, 1), change(2), after(-1, 3)];
    expect(of('change-lead-time', { changes }).value).toBe(300);
    expect(reasons('change-lead-time', { changes })).toEqual({ 'no-commit-time': 1, 'committed-after-switch': 1 });
  });

  it('has no data where nothing is left', () => {
    expect(of('change-lead-time', { changes: [change(1)] })).toMatchObject({ status: 'no-data', value: null });
  });
});

describe('failures', () => {
  const changes = [change(10), change(20), change(30), change(40)];
  const several = [1, 2, 3, 4, 5, 6].map((n) => incident(`I${n}`, { changeId: uuid(10), resolvedAt: at(40 + n) }));

  it('count a switch once, however many incidents blame it', () => {
    expect(of('change-fail-rate', { changes, incidents: several })).toMatchObject({ numerator: 1, denominator: 4 });
    const [first] = changes;
    expect(of('change-fail-rate', { changes: [first as ChangeFact], incidents: several }).value).toBe(1);
  });

  it('recover when the last incident is resolved, or with the roll-back if that was earlier', () => {
    const seconds = (more: Partial<ChangeFact>, incidents: readonly IncidentFact[]) =>
      of('recovery-time', { changes: [change(10, more)], incidents }).value;
    expect(seconds({}, several)).toBe(36 * 60);
    expect(seconds({ rolledBackAt: at(25) }, several)).toBe(15 * 60);
    expect(seconds({ rolledBackAt: at(50) }, several)).toBe(36 * 60);
    expect(seconds({ rolledBackAt: at(25) }, [incident('open', { changeId: uuid(10) })])).toBe(15 * 60);
  });

  it('leave out what has not recovered, and incidents that no change caused', () => {
    const incidents = [
      incident('open', { changeId: uuid(10) }),
      incident('none'),
      incident('elsewhere', { environment: 'staging' }),
      incident('wrong clock', { changeId: uuid(20), resolvedAt: at(1) }),
    ];
    expect(of('recovery-time', { changes, incidents }).status).toBe('no-data');
    expect(reasons('recovery-time', { changes, incidents })).toEqual({
      'not-recovered-yet': 1,
      'no-change-blamed': 1,
      'recovered-before-switch': 1,
    });
  });

  it('tell rework by what an incident names as its mending', () => {
    const mended = ['a', 'b'].map((id) => incident(id, { mendedBy: uuid(20) }));
    expect(of('rework-rate', { changes, incidents: mended })).toMatchObject({ numerator: 1, denominator: 4 });
    expect(of('rework-rate', { changes }).status).toBe('no-data');
  });
});

describe('success', () => {
  const changes = [
    change(1),
    change(2),
    change(3, { rolledBackAt: at(9) }),
    change(4, { ended: 'failed', effect: null }),
    change(5),
    change(6, { ended: 'abandoned', effect: null }),
    change(7, { effect: 'none' }),
    refusal(8),
  ];
  const incidents = [
    incident('1', { changeId: uuid(5), severity: 'P1' }),
    incident('2', { changeId: uuid(5), severity: 'P4' }),
    incident('3', { changeId: uuid(99), severity: 'P1' }),
  ];

  it('is what switched without trouble, of what was completed', () => {
    expect(of('change-success-rate', { changes, incidents })).toMatchObject({ numerator: 2, denominator: 5 });
    expect(reasons('change-success-rate', { changes, incidents })).toEqual({
      'success with issues': 1,
      failed: 2,
      abandoned: 1,
      'changed-nothing': 1,
      refused: 1,
    });
  });

  it('scores as ServiceNow’s formula does', () => {
    expect(of('success-score', { changes, incidents }).value).toBe(3 * 2 - 2 * 1 - 5 * 2 - 10);
    expect(of('success-score', {}).status).toBe('no-data');
  });
});

describe('shares', () => {
  it('of emergencies are of what was not refused', () => {
    const changes = [change(1, { type: 'emergency' }), change(2), refusal(3)];
    expect(of('emergency-share', { changes })).toMatchObject({ numerator: 1, denominator: 2 });
  });

  it('of refusals are of all commands, and what names no environment is left out', () => {
    const changes = [change(1, { commands: 3 }), refusal(2), refusal(3, 'back-dated')];
    const unplaced = [refusal(4, 'artifact-conflict')];
    expect(of('refusal-rate', { changes, unplaced })).toMatchObject({ numerator: 2, denominator: 5 });
    expect(reasons('refusal-rate', { changes, unplaced })).toEqual({ accepted: 1, 'no-environment': 1 });
  });
});

describe('ages', () => {
  it('of a stage are from known-good there to the switch here', () => {
    const changes = [
      change(100, { soakSince: at(40) }),
      change(101, { soakSince: null }),
      change(102, { hasStageBefore: false }),
      change(103, { soakSince: at(104) }),
    ];
    expect(of('stage-soak', { changes }).value).toBe(3_600);
    expect(reasons('stage-soak', { changes })).toEqual({
      'not-known-good-before': 1,
      'no-stage-before': 1,
      'known-good-after-switch': 1,
    });
  });

  it('of the fleet are from the bake to the end', () => {
    const fleet = [live('a', at(3 * DAY)), live('b', at(2 * DAY)), live('c', null), live('d', at(9 * DAY))];
    expect(of('fleet-age', { live: fleet }).value).toBe(1.5 * 86_400);
    expect(of('fleet-age-oldest', { live: fleet }).value).toBe(2 * 86_400);
    expect(of('fleet-age-oldest', {}).status).toBe('no-data');
  });
});

it('late news is an exception unless an import told it', () => {
  const late = { recordedAt: at(9 * DAY) };
  const changes = [change(1), change(2, late), change(3, { ...late, channel: 'import' }), refusal(4)];
  const { counted, leftOut } = backDated(population({ changes }));
  expect(counted.map(({ of }) => of)).toEqual([changes[1]]);
  expect(leftOut.map(({ why }) => why)).toEqual(['in-time', 'import']);
});

it('whatever happened, rates stay between none and all, and each row is counted or left out', () => {
  const ended = fc.constantFrom('succeeded', 'failed', 'abandoned', 'refused');
  const time = fc.option(fc.integer({ min: -500, max: 5_000 }).map(at), { nil: null });
  const row = fc.record({
    kind: fc.constantFrom('promotion', 'rollback', 'retirement'),
    ...{
      ended,
      type: fc.constantFrom('standard', 'normal', 'emergency', null),
      commands: fc.integer({ min: 1, max: 3 }),
    },
    ...{ rolledBackAt: time, committedAt: time, soakSince: time, hasStageBefore: fc.boolean() },
    isMoved: fc.boolean(),
  });
  const blame = fc.record({
    changeId: fc.nat(12),
    mendedBy: fc.nat(12),
    resolvedAt: time,
    severity: fc.constantFrom('P1', 'P4'),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 10 }), fc.array(blame, { maxLength: 6 }), (rows, blames) => {
      const changes = rows.map(({ isMoved, ...facts }, n) =>
        change(n, {
          ...(facts as Partial<ChangeFact>),
          effect: facts.ended === 'succeeded' && isMoved ? 'switched' : 'none',
        }),
      );
      const incidents = blames.map(({ changeId, mendedBy, ...facts }, n) =>
        incident(`${n}`, { ...facts, changeId: uuid(changeId), mendedBy: uuid(mendedBy) }),
      );
      const all = population({ changes, incidents });
      const promotions = changes.filter(({ kind }) => kind === 'promotion').length;
      const switches = changes.filter(({ kind, effect }) => kind === 'promotion' && effect === 'switched').length;
      const lookedAt: Partial<Record<MetricId, number>> = {
        ...{
          'change-lead-time': switches,
          'change-fail-rate': switches,
          'rework-rate': switches,
          'stage-soak': switches,
        },
        ...{ 'change-success-rate': promotions, 'emergency-share': promotions, 'refusal-rate': changes.length },
      };
      for (const id of METRIC_IDS) {
        const { value, numerator, denominator, counted, leftOut, status } = MEASURES[id](all);
        expect(status === 'known').toBe(value !== null && Number.isFinite(value));
        if (id !== 'deployment-frequency' && numerator !== undefined && denominator !== undefined) {
          expect(numerator).toBeGreaterThanOrEqual(0);
          expect(numerator).toBeLessThanOrEqual(denominator);
        }
        const expected = lookedAt[id];
        if (expected !== undefined) expect([id, counted.length + leftOut.length]).toEqual([id, expected]);
      }
    }),
  );
});
