import { parentPort, workerData } from 'node:worker_threads';
import { openEventReader, openSealRegister } from '../../adapters.js';
import { errorCode } from '../../sqlite-files.js';
import { TreeStore } from '../tree/store.js';
import { Bell } from './bell.js';
import { logFiles } from './files.js';
import { keepSealed } from './keep-sealed.js';
import { takeLog } from './log-in-use.js';
import { Cosigning } from '../witness/cosigning.js';
import { parseWitnesses } from '../witness/settings.js';
import type { FromSealer, SealerWorkerData, ToSealer } from './protocol.js';
import { Sealer } from './sealer.js';

const { folder, eventStore, settings, sealIntervalMs, witnesses, witnessesRequired } = workerData as SealerWorkerData;
const port = parentPort;
if (!port) throw new Error('sealer.worker.js runs in a worker thread only');

const post = (message: FromSealer): void => port.postMessage(message);
const bell = new Bell();
port.on('message', (message: ToSealer) => bell.receive(message));

await run().catch((error: unknown) => {
  const code = errorCode(error);
  post({ kind: 'failed', message: error instanceof Error ? error.message : String(error), ...(code && { code }) });
});
port.close();

async function run(): Promise<void> {
  const files = logFiles(folder);
  const register = await openSealRegister(eventStore);
  const taken = await takeLog(files, settings, { register, onKey: () => post({ kind: 'keys' }) }).catch(
    async (error: unknown) => {
      await register?.close();
      throw error;
    },
  );
  const { origin, seals, signer, shared, rotate } = taken;
  let trees = 0;
  let shownTree = 0;
  const log = (line: string): void => post({ kind: 'log', line });
  try {
    const events = await openEventReader(eventStore);
    const sealer: Sealer = new Sealer({
      events,
      seals,
      origin,
      signer,
      ...(shared && { shared }),
      openTree: (isAnew) => {
        trees += 1;
        return TreeStore.openOrMake(files.tree, { isAnew, onReplaced: (why) => log(`The tree is made anew: ${why}`) });
      },
      beforeSign: (last) => cosigning.check(last),
      afterSeal: (seal) => Promise.resolve(cosigning.afterSeal(seal)),
      publish: ({ size }) => publish(size),
      log,
    });
    const publish = (size: number): void => {
      cosigning.published(size);
      shownTree = trees;
      post({ kind: 'published', size, tree: trees });
    };
    const cosigning: Cosigning = new Cosigning({
      settings: { witnesses: parseWitnesses(witnesses), required: witnessesRequired },
      seals,
      prove: (oldSize, newSize) => sealer.consistencyProof(oldSize, newSize),
      publish,
      refresh: (size) => post({ kind: 'published', size, tree: shownTree }),
      nudge: () => bell.receive({ kind: 'hurry' }),
      tell: (status) => post({ kind: 'witnesses', status }),
      log,
    });
    try {
      post({ kind: 'opened' });
      await keepSealed({
        ...{ sealer, bell, sealIntervalMs, rotate, post },
        trouble: () => cosigning.trouble(),
        follows: () => shared?.follows,
        waitsFor: () => shared?.waitsFor,
      });
    } finally {
      await cosigning.close();
      sealer.close();
      await events.close();
    }
  } finally {
    seals.close();
    await register?.close();
  }
}
