import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const folder = fileURLToPath(new URL('../../verifier/', import.meta.url));

/** What a module takes from elsewhere, in whichever way. */
function importsOf(text: string): string[] {
  const ways = /\bfrom\s*(['"])(.+?)\1|\bimport\s*\(?\s*(['"`])(.+?)\3|\b(require|createRequire|getBuiltinModule)\b/g;
  // A type in a comment is for the reader.
  const code = text.replace(/\/\*[^]*?\*\//g, '');
  return [...code.matchAll(ways)].map(([way, , static_, , dynamic]) => static_ ?? dynamic ?? way);
}

it('the verifier shares nothing with the server: it takes what Node has, itself, and a reader of SQLite', async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs'));
  const modules = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const own = files.map((file) => `./${file}`);
  const foreign = modules.flatMap(importsOf).filter((name) => !name.startsWith('node:') && !own.includes(name));
  expect(foreign).toEqual(['better-sqlite3']);
  expect(modules.join('')).toContain("await import('better-sqlite3')");
  expect(modules.join('')).not.toMatch(/from\s*'better-sqlite3'/);
});

it('would be told if it did', () => {
  const text = `import { a } from '../src/a.js'; export * from "b"; import 'c'; await import(\`d\`); createRequire('e');`;
  expect(importsOf(text)).toEqual(['../src/a.js', 'b', 'c', 'd', 'createRequire']);
});
