import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/** A package's files in a folder of their own. */
export function unpack(archive: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-evidence-'));
  for (const [name, bytes] of Object.entries(unzipSync(archive))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };

/** The commands of a package's page, as a reader would copy them. */
export function commandsOf(folder: string): string[] {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  return [...page.matchAll(/<pre[^>]*><code>(.*?)<\/code><\/pre>/gs)].map(([, code = '']) =>
    code.replace(/&(lt|gt|amp|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? ''),
  );
}

/** What they say, copied into one shell in the folder. */
export function runByHand(folder: string): string {
  const { stdout, stderr, error } = spawnSync('bash', ['--norc', '-c', commandsOf(folder).join('\n')], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (error) throw error;
  return stdout + stderr;
}

/** What a step by hand says when something is not as it should be. */
export const BAD = /WRONG|FAILED|Failure/;

/** As whoever changes a package would do: the digests are made anew. */
export function digestAnew(folder: string): void {
  const names = readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(66));
  const digestOf = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  writeFileSync(join(folder, 'SHA256SUMS'), names.map((name) => `${digestOf(name)}  ${name}\n`).join(''));
}
