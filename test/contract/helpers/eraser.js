/*
 * A process that erases the remarks of one event after the other until it is killed: `node eraser.js DIST FILE`. Every
 * acknowledged erasure is a line with the event's id on standard output.
 */
import { writeSync } from 'node:fs';

const [, , dist, file] = process.argv;
const { SqliteEraser } = await import(new URL('event-store/sqlite/eraser.js', dist));
const { SqliteEventReader } = await import(new URL('event-store/sqlite/reader.js', dist));
const { planErasures, eraseRemarks } = await import(new URL('erase/erase.js', dist));

const eraser = SqliteEraser.open({ file });
const events = await SqliteEventReader.open(file).readAll(0, 100_000);
writeSync(1, 'open\n');
for (const { id, type, remarks } of events) {
  if (remarks === null || type === 'RemarksErased.v1') continue;
  const { toErase } = await planErasures(eraser, [id], 'it named a customer');
  for (const planned of toErase) eraseRemarks(eraser, planned, { actor: 'admin', now: new Date() });
  writeSync(1, `${id}\n`);
}
