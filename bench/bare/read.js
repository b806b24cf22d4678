import Database from 'better-sqlite3';

/** Reads every row of the changes in order and writes each as JSON, and nothing else. */
const database = new Database(process.argv[2], { readonly: true });
const startedAt = performance.now();
let rows = 0;
let characters = 0;
for (const row of database.prepare('SELECT * FROM changes ORDER BY first_position').iterate()) {
  characters += JSON.stringify(row).length;
  rows += 1;
}
console.log(JSON.stringify({ rows, characters, tookMs: performance.now() - startedAt }));
