import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Plays the whole of the real histories, where `npm test` plays a part of each. They are read from ../shared/data. */
const jest = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  // The stand-in of KurrentDB holds all that is moved to it in memory, three million records.
  [
    '--max-old-space-size=8192',
    '--experimental-vm-modules',
    '--no-warnings',
    jest,
    '--runInBand',
    'test/e2e/replay',
    ...process.argv.slice(2),
  ],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, CAIRN_REPLAY: 'full' },
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
