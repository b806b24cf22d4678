import { parentPort, workerData } from 'node:worker_threads';
import { LedgerWriter } from './ledger-writer.js';
import type { FromWriter, ToWriter, WriterOptions } from './protocol.js';
import { storeError } from './schema.js';

/** The writer's thread: one message, one transaction, one answer, in the order that the messages came. */
const options = workerData as WriterOptions;
const port = parentPort;
if (!port) throw new Error('The writer runs in a worker thread only');

const answer = (message: FromWriter): void => port.postMessage(message);
const fail = (error: unknown): void => {
  const { code, message } = storeError(error, options.file);
  answer({ kind: 'failed', code, message });
};

try {
  const writer = LedgerWriter.open(options);
  port.on('message', (message: ToWriter) => {
    if (message === 'close') {
      writer.close();
      port.close();
      return;
    }
    try {
      answer({ kind: 'committed', outcomes: writer.commit(message), transactions: writer.transactions });
    } catch (error) {
      fail(error);
    }
  });
  answer({ kind: 'ready' });
} catch (error) {
  fail(error);
}
