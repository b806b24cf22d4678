import { setTimeout as sleep } from 'node:timers/promises';
import { sendImport } from './import.js';
import { prepareProduct, startProduct, temporaryFolder, untilSeen } from './process.js';
import { history, importBodies } from './workload.js';

const SETTLE_MS = 3_000;

/**
 * Grows a ledger with its views through `POST /v1/imports` of one server, and looks at that server's memory at each of
 * the sizes (numbers of lines, growing).
 */
export async function growLedger(sizes) {
  const folder = temporaryFolder();
  const server = await startProduct(folder);
  await prepareProduct(server);
  const requests = history();
  const memories = [];
  const startedAt = performance.now();
  let sent = 0;
  for (const size of sizes) {
    let position = 0;
    for (const { body, count } of importBodies(requests, size - sent, sent)) {
      position = await sendImport(server, body, count);
    }
    sent = size;
    await untilSeen(server, position);
    await sleep(SETTLE_MS);
    memories.push({ size, ...server.memory() });
    console.log(
      `  a ledger of ${size.toLocaleString('en')} events after ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`,
    );
  }
  await server.stop();
  return { folder, lines: sent, memories };
}
