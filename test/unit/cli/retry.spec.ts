import { describe, expect, it } from '@jest/globals';
import { CliError } from '../../../src/cli/errors.js';
import { errorCommand } from '../../../src/cli/github-actions.js';
import { untilAnswered } from '../../../src/cli/retry.js';

const answerOf = (status: number, headers: Record<string, string> = {}, text = '{}') => ({
  ...{ status, headers: new Headers(headers), text, bytes: Buffer.from(text) },
});

/** Sends to a server that answers these in turn, the last one for good. */
async function sending(answers: readonly ReturnType<typeof answerOf>[], totalMs: number) {
  const waits: number[] = [];
  const retry = { attempts: 100, firstDelayMs: 5, maxDelayMs: 10, totalMs };
  let attempts = 0;
  const outcome = await untilAnswered(
    () => Promise.resolve(answers[Math.min(attempts++, answers.length - 1)] ?? answerOf(500)),
    { retry, onWait: (_message, delayMs) => waits.push(delayMs) },
  ).catch((error: unknown) => error);
  return { outcome, waits, attempts };
}

describe('what may be sent again', () => {
  it.each([429, 502, 503, 504])('is, after a %d', async (status) => {
    const { outcome, attempts } = await sending([answerOf(status), answerOf(201)], 1_000);
    expect(outcome).toMatchObject({ status: 201 });
    expect(attempts).toBe(2);
  });

  it.each([201, 400, 401, 422, 500])('is not, after a %d', async (status) => {
    const { outcome, attempts } = await sending([answerOf(status), answerOf(201)], 1_000);
    expect(outcome).toMatchObject({ status });
    expect(attempts).toBe(1);
  });

  it('is sent for no longer than it was asked to, and not at all where it is asked to wait for longer', async () => {
    const started = Date.now();
    const { outcome, attempts, waits } = await sending([answerOf(429)], 500);
    expect(outcome).toBeInstanceOf(CliError);
    expect(outcome).toMatchObject({ reason: 'unavailable' });
    expect(attempts).toBeGreaterThan(2);
    expect(waits.slice(0, 3)).toEqual([5, 10, 10]);
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(await sending([answerOf(503, { 'retry-after': '5' })], 1_000)).toMatchObject({ attempts: 1, waits: [] });
  });
});

describe('an error in the log of GitHub Actions', () => {
  it('is one line, from which nothing breaks out', () => {
    expect(errorCommand('a, b: c\n', '100 %\r\n::set-output name=x::y')).toBe(
      '::error title=a%2C b%3A c%0A::100 %25%0D%0A::set-output name=x::y',
    );
  });
});
