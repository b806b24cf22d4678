import { afterEach, describe, expect, it } from '@jest/globals';
import { listenForReturn, untilReturned, type Loopback } from '../../../src/cli/sign-in/loopback.js';

let loopback: Loopback | undefined;
afterEach(() => loopback?.close());

describe('where the browser comes back to the command line', () => {
  it('takes the one address with the state, and no other', async () => {
    loopback = await listenForReturn('the-state');
    const { redirectUri } = loopback;
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    const strangers = [
      `${redirectUri}?code=evil`,
      `${redirectUri}?code=evil&state=another`,
      `${redirectUri}/x?code=evil&state=the-state`,
      `${new URL(redirectUri).origin}//evil?code=evil&state=the-state`,
    ];
    for (const stranger of strangers) expect((await fetch(stranger)).status).toBe(404);
    const posted = await fetch(`${redirectUri}?code=evil&state=the-state`, { method: 'POST' });
    expect(posted.status).toBe(404);
    const answer = await fetch(`${redirectUri}?code=good&state=the-state`);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('terminal')]);
    expect((await untilReturned(loopback, 1_000)).searchParams.get('code')).toBe('good');
  });

  it('does not wait for ever', async () => {
    loopback = await listenForReturn('the-state');
    await expect(untilReturned(loopback, 20)).rejects.toMatchObject({ reason: 'failed' });
  });
});
