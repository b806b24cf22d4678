import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

interface Answer {
  readonly summary: {
    readonly violations: { readonly rule: { readonly name: string }; readonly from: string; readonly to: string }[];
  };
}

/** Which import rules of .dependency-cruiser.js the sources in a folder break. */
function violations(folder: string): Promise<string[]> {
  const args = [depcruise, 'src', '--config', join(root, '.dependency-cruiser.js'), '--output-type', 'json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (stdout === '') return reject(new Error(stderr, { cause: error }));
      const { summary } = JSON.parse(stdout) as Answer;
      resolve(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`));
    });
  });
}

describe('the rooms of src/', () => {
  it('use each other only as the design allows', async () => {
    expect(await violations(root)).toEqual([]);
  });

  it('would be told apart if they did not', async () => {
    const folder = await mkdtemp(join(root, 'node_modules/.cairn-rooms-'));
    const files: Record<string, string> = {
      'tsconfig.json': '{}',
      'src/domain/decide.ts': "import '../http/guard.js'; import type { x } from 'node:fs'; export type y = x;",
      'src/http/guard.ts': "import '../event-store/sqlite/store.js';",
      'src/event-store/sqlite/store.ts': "import '../kurrentdb/store.js';",
      'src/event-store/kurrentdb/store.ts': 'export {};',
    };
    try {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
      const rules = (await violations(folder)).map((line) => line.split(':')[0]);
      expect(new Set(rules)).toEqual(
        new Set(['domain-is-pure', 'http', 'concrete-stores-are-wired-in-one-place', 'stores-do-not-know-each-other']),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
