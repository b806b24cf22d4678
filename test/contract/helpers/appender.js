/*
 * A process that owns a ledger and appends to it until it is killed: `node appender.js STORE_MODULE FILE`. Every
 * acknowledged event is a line `id position` on standard output. With a third argument it only opens and holds.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';

const [, , module, file, holdOnly] = process.argv;
const { SqliteEventStore } = await import(module);

let store;
try {
  store = await SqliteEventStore.open({ file });
} catch (error) {
  writeSync(1, `${error.code}\t${error.message}\n`);
  process.exit(3);
}
writeSync(1, 'open\n');

async function write(stream) {
  const existing = await store.readStream(stream, 0, 1_000_000);
  for (let revision = existing.length - 1; ; revision++) {
    const id = randomUUID();
    const event = {
      id,
      type: 'ArtifactBaked.v1',
      occurredAt: new Date().toISOString(),
      actor: 'pipeline:killed',
      data: `{"text":"${'x'.repeat(300)}"}`,
      remarks: '{}',
      meta: '{}',
      salts: randomBytes(48),
    };
    const [outcome] = await store.appendAll([{ stream, expectedRevision: revision, event }]);
    if (outcome.status !== 'appended') throw new Error(outcome.status);
    writeSync(1, `${id} ${outcome.position}\n`);
  }
}

if (holdOnly) setInterval(() => undefined, 1_000);
else await Promise.all(Array.from({ length: 8 }, (_, index) => write(`artifact-${index}`)));
