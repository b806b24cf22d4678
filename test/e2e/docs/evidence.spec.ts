import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startMonth, type Month } from './month.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = readFileSync(join(root, 'docs/evidence.md'), 'utf8');
const COMMANDS = [...PAGE.matchAll(/```sh\n(.*?)```/gs)].map(([, commands = '']) => commands);

describe('the commands of docs/evidence.md, against the month of the demo', () => {
  let month: Month;
  beforeAll(async () => {
    month = await startMonth();
  });
  afterAll(() => month.stop());

  it('make a package, and tell which events it is of', async () => {
    // The page says "cairn": here that is what was built.
    const bin = join(month.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'cairn'), `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/cli.js')}' "$@"\n`);
    chmodSync(join(bin, 'cairn'), 0o755);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', COMMANDS.join('\n')], {
      cwd: month.folder,
      env: { PATH: `${bin}:${process.env['PATH']}`, ...month.settings },
    });
    expect(COMMANDS).toHaveLength(3);
    expect(stdout).toMatch(/^march\.zip\nrange\.zip\n"population":\{"count":\d+,"root":"[0-9a-f]{64}"\}\n$/);
    expect(readFileSync(join(month.folder, 'march/index.html'), 'utf8')).toContain('<!DOCTYPE html>');
  });
});
