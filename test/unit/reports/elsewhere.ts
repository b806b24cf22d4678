import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ReportDocument } from '../../../src/reports/document/document.js';

const reports = fileURLToPath(new URL('../../../dist/reports/', import.meta.url));

const PROGRAM = `
  const [, file, name] = process.argv;
  const module = await import(file);
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  // As if other reports had been made before by the same process.
  module[name](JSON.parse(text));
  process.stdout.write(module[name](JSON.parse(text)));
`;

/** What a renderer says to the document in another process, half a day's time zone and another language away. */
export function elsewhere(file: string, name: string, document: ReportDocument): string {
  const env = { ...process.env, TZ: 'Asia/Kolkata', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' };
  return execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM, `${reports}${file}`, name], {
    input: JSON.stringify(document),
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Every link of the document; of what is not recorded nothing was counted, so there is nothing to lead to. */
export function linksOf(value: unknown): Set<string> {
  if (typeof value !== 'object' || value === null) return new Set();
  if ('status' in value && value.status === 'not-recorded') return new Set();
  return new Set(
    Object.entries(value).flatMap(([key, item]) => (key === 'link' ? [String(item)] : [...linksOf(item)])),
  );
}
