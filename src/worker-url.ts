import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Where a worker's compiled module is. Worker threads run compiled code only: beside the caller when that is compiled
 * itself, else (tests run the sources) at the same place under `dist/`.
 *
 * @param caller `import.meta.url` of the module that starts the worker
 * @param module the worker's module relative to it, ending in `.js`
 */
export function workerUrl(caller: string, module: string): URL {
  const beside = new URL(module, caller);
  return existsSync(fileURLToPath(beside)) ? beside : new URL(beside.href.replace(/\/src\/(?!.*\/src\/)/, '/dist/'));
}
