import { describe, expect, it } from '@jest/globals';
import { calendar, shortTime, twoWeeksBefore } from '../../../src/cli/demo/calendar.js';
import { requestOf } from '../../../src/cli/demo/requests.js';
import { on, TODAY } from '../../../src/cli/demo/steps.js';
import { STORY } from '../../../src/cli/demo/story.js';
import { REFUSAL_REASONS } from '../../../src/domain/refusal.js';

const DAY_MS = 86_400_000;
const WEEK_OF_DAYS = Array.from({ length: 7 }, (_, day) => new Date(Date.parse('2026-03-02T15:20:00Z') + day * DAY_MS));

describe('the story', () => {
  it('expects refusals only for reasons that there are, and many of them', () => {
    const reasons = new Set(STORY.flatMap(({ refused }) => (refused === undefined ? [] : [refused])));
    expect(REFUSAL_REASONS).toEqual(expect.arrayContaining([...reasons]));
    expect(reasons.size).toBeGreaterThanOrEqual(12);
  });

  it('has all that a month has', () => {
    const kinds = new Set(STORY.map(({ command }) => command.kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['bake', 'attest', 'revoke', 'roll-back', 'retire', 'switch']));
    const environments = STORY.flatMap(({ command }) => (command.kind === 'promote' ? [command.environment] : []));
    expect(new Set(environments)).toEqual(new Set(['development', 'test', 'staging', 'production']));
  });

  it('changes nothing in production on the day that "two weeks ago" falls on', () => {
    const changes = STORY.filter(({ when, command }) => when.day === 11 && 'environment' in command);
    expect(changes).toEqual([]);
  });

  it('names the parameters of a path in the import line, so that both ways say the same', () => {
    const { call, line } = requestOf(
      { kind: 'validate', artifact: 'a 1', environment: 'production', result: 'passed' },
      'c-1',
      new Date(0),
    );
    expect(call).toEqual({
      method: 'POST',
      path: '/environments/production/promotions/c-1/validation',
      body: { result: 'passed' },
    });
    expect(line).toEqual({ command: 'validate', environment: 'production', changeId: 'c-1', result: 'passed' });
  });
});

describe.each(WEEK_OF_DAYS)('the calendar on %s', (now) => {
  const timeOf = calendar(now);

  it('puts the 20 days on working days, in order, all in the past', () => {
    const times = Array.from({ length: 20 }, (_, index) => timeOf(on(index + 1, '18:00')) as Date);
    expect(times.every((time) => ![0, 6].includes(time.getUTCDay()) && time < now)).toBe(true);
    expect([...times].sort((a, b) => a.getTime() - b.getTime())).toEqual(times);
    expect(timeOf(on(TODAY, '09:00'))).toBeUndefined();
  });

  it('has two weeks ago after the last change of day 10 and before the first of day 12', () => {
    const then = twoWeeksBefore(now);
    expect(then > (timeOf(on(10, '15:30')) as Date)).toBe(true);
    expect(then < (timeOf(on(12, '08:00')) as Date)).toBe(true);
  });
});

it('shows a time in UTC', () => expect(shortTime(new Date('2026-03-02T05:07:00Z'))).toBe('Mon 02 Mar 05:07'));
