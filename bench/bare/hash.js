import { hash } from 'node:crypto';
import Database from 'better-sqlite3';

/**
 * What verifying cannot do without: reads every event and hashes the bytes that the tree is made of, three texts with
 * their salts, a leaf and, for each, one inner node. Nothing is compared with anything.
 */
const database = new Database(process.argv[2], { readonly: true });
const startedAt = performance.now();
const statement = database
  .prepare(
    `SELECT position, events.id, streams.name, revision, type_id, occurred_at, recorded_at, actor, data, remarks, meta, salts
     FROM events JOIN streams ON streams.id = stream_id WHERE position >= ? ORDER BY position LIMIT 500`,
  )
  .raw();
const bytes = Buffer.alloc(1024 * 1024);
const salted = (salts, at, text) => {
  salts.copy(bytes, 0, at, at + 16);
  return hash('sha256', bytes.subarray(0, 16 + bytes.write(text, 16)), 'hex');
};
const node = Buffer.alloc(65);
let events = 0;
for (let rows = statement.all(0); rows.length > 0; rows = statement.all(events)) {
  for (const [, id, stream, revision, type, occurredAt, recordedAt, actor, data, remarks, meta, salts] of rows) {
    const leaf = `{"actor":"${actor}","data":"${salted(salts, 0, data)}","id":"${id.toString('hex')}----","meta":"${salted(salts, 32, meta)}","occurredAt":"${occurredAt}","recordedAt":"${recordedAt}","remarks":"${salted(salts, 16, remarks)}","revision":${revision},"stream":"${stream}","type":"${type}","v":1}`;
    const leafHash = hash('sha256', bytes.subarray(0, bytes.write(leaf, 0)), 'buffer');
    leafHash.copy(node, 1);
    hash('sha256', node, 'buffer').copy(node, 33);
    events += 1;
  }
}
console.log(JSON.stringify({ events, tookMs: performance.now() - startedAt }));
