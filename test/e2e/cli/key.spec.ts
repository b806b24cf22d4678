import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { parseVerifierKey } from '../../../src/ledger/note/keys.js';
import { cairn, serve, stop, temporaryFolder, type Served } from './cairn.js';

let folder: { path: string; remove: () => void };
let server: Served;
beforeAll(async () => {
  folder = temporaryFolder();
  server = await serve(folder.path);
});
afterAll(async () => {
  await stop(server);
  folder.remove();
});

describe('cairn key', () => {
  it('shows the verifier key alone on stdout, and replaces it', async () => {
    const first = await cairn(['key', 'show'], server.settings);
    expect(first).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Key 0 of \S+ signs from size \d+\.\n$/) });
    const { name } = parseVerifierKey(first.stdout.trimEnd());

    const rotated = await cairn(['key', 'rotate', '--reason', 'yearly'], server.settings);
    expect(rotated).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Key 1 signs from size \d+\./) });
    expect(parseVerifierKey(rotated.stdout.trimEnd()).name).toBe(name);
    expect(rotated.stdout).not.toBe(first.stdout);

    expect((await cairn(['key', 'show'], server.settings)).stdout).toBe(rotated.stdout);
    expect((await cairn(['key', 'show', '--all'], server.settings)).stdout).toBe(first.stdout + rotated.stdout);
  });

  it('asks for a reason, and for an administrator', async () => {
    expect((await cairn(['key', 'rotate'], server.settings)).code).toBe(EXIT_CODES.usage);
    const issued = await cairn(['token', 'issue', '--subject', 'ann', '--role', 'auditor'], server.settings);
    const auditor = { ...server.settings, CAIRN_TOKEN: issued.stdout.trim() };
    const { code, stderr } = await cairn(['key', 'rotate', '--reason', 'mine'], auditor);
    expect([code, stderr]).toEqual([EXIT_CODES.denied, expect.stringContaining('(HTTP 403)')]);
    expect((await cairn(['key', 'show'], auditor)).code).toBe(0);
  });
});
