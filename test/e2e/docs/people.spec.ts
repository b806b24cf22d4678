import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../../src/config.js';
import { personSubject } from '../../../src/http/access/sign-in/person-callers.js';

const PAGE = fileURLToPath(new URL('../../../docs/access.md', import.meta.url));

describe('what docs/access.md tells of people', () => {
  let blocks: string[];
  beforeAll(async () => {
    const [, section = ''] = (await readFile(PAGE, 'utf8')).split(/^## People$/m);
    blocks = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text);
  });

  it('are settings that a server takes', () => {
    const settings = Object.fromEntries(
      [...(blocks[0] ?? '').matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
    const { signIn } = loadConfig(settings);
    expect(signIn?.roles.map(({ role, value }) => `${role}=${value}`)).toEqual([
      ...['admin=platform-admins', 'approver=cab', 'auditor=audit', 'auditor=auditors'],
    ]);
  });

  it('is how a pseudonym is worked out', async () => {
    const env = { PATH: process.env['PATH'] ?? '', ISSUER: 'https://login.example.org', SUB: '17' };
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', blocks[1] ?? ''], { env });
    expect(`person-${stdout.trim()}`).toBe(personSubject(env.ISSUER, env.SUB));
  });
});
