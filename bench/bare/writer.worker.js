import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { prepareLedger } from './schema.js';

/** One message, one durable transaction: the group commit, without anything that decides. */
const db = new Database(workerData);
prepareLedger(db);
const begin = db.prepare('BEGIN IMMEDIATE');
const commit = db.prepare('COMMIT');
const addStream = db.prepare('INSERT INTO streams (name) VALUES (?)');
const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
const heads = new Map();
let position = -1;

parentPort.on('message', (rows) => {
  begin.run();
  const recordedAt = new Date().toISOString();
  const receipts = rows.map(({ id, stream, type, occurredAt, actor, data, remarks, meta, salts }) => {
    let head = heads.get(stream);
    if (!head) {
      head = { id: Number(addStream.run(stream).lastInsertRowid), revision: -1 };
      heads.set(stream, head);
    }
    head.revision += 1;
    position += 1;
    insert.run(position, id, head.id, head.revision, type, occurredAt, recordedAt, actor, data, remarks, meta, salts);
    return { position, revision: head.revision, recordedAt };
  });
  commit.run();
  parentPort.postMessage(receipts);
});
