import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Compiles `src/` to `dist/`. Jest calls it once before the tests; `npm run build` calls it directly. Files are written
 * over, not removed first: a server that runs from `dist/` goes on running.
 */
export default function build() {
  const swc = join(root, 'node_modules/@swc/cli/bin/swc.js');
  execFileSync(process.execPath, [swc, 'src', '--out-dir', 'dist', '--strip-leading-paths', '--quiet'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const file of readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })) {
    const source = join(root, 'src', file.replace(/\.js(\.map)?$/, ''));
    const isCompiled = /\.js(\.map)?$/.test(file);
    if (isCompiled && !existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`)) rmSync(join(root, 'dist', file));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
