import { describe, expect, it } from '@jest/globals';
import { logKey } from './support/notes.js';
import { verify } from './support/run.js';

it('says how it is used when it is asked', async () => {
  for (const option of ['--help', '-h']) {
    const { code, output } = await verify(option);
    expect(output).toMatch(/^usage: node verify\.mjs[^]*--witness <verifier key>[^]*Exit codes: 0 fine/);
    expect(output).not.toContain('Unknown option');
    expect(code).toBe(0);
  }
});

describe('a command line that is wrong', () => {
  it.each([
    [[]],
    [['a', 'b']],
    [['a', '--kee', 'x']],
    [['a', '--key', 'x']],
    [['a', '--key', '']],
    [['a', '--checkpoint', '/nowhere/at/all']],
    [['a', '--witness', logKey('x').text]],
  ])('%j', async (args) => {
    const { code, verdict } = await verify(...args);
    expect(verdict).toMatch(/^usage: node verify\.mjs/);
    expect(code).toBe(2);
  });
});
