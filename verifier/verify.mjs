#!/usr/bin/env node
/*
 * Checks, offline, what a Cairn ledger says of itself: an evidence package or a whole data folder, in the format of
 * docs/tamper-evidence.md. It was written from that page and shares no code with the server. Here is the command; folder.mjs
 * checks a folder, package.mjs a package (which zip.mjs unpacks), notes.mjs who signed, formats.mjs what all are made of.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkFolder } from './folder.mjs';
import { Unreadable, Wrong, say, utf8 } from './formats.mjs';
import { parseLogKey, parseWitnessKey } from './notes.mjs';
import { checkPackage, readMembers } from './package.mjs';

const USAGE =
  'usage: node verify.mjs <package.zip | folder> [--key <verifier key>] [--checkpoint <file>] [--witness <verifier key>]…';
const HELP = `
Checks an evidence package or a data folder of Cairn, offline.

  --key <verifier key>      the log's key that you trust; without it, the log's own first one is
  --checkpoint <file>       a checkpoint that you kept, which has to be a beginning of this log
  --witness <verifier key>  whose cosignature there has to be; can be given several times

Exit codes: 0 fine, 1 something is wrong, 2 a wrong command line, 66 what cannot be read or compared.`;
const TEXT = /** @type {const} */ ({ type: 'string' });

async function main() {
  const given = readArguments();
  if (!given) return finish(2, USAGE);
  if (given === 'help') return console.log(`${USAGE}\n${HELP}`);
  const { path, ...trust } = given;
  try {
    if (['ledger.db', 'tree.db', 'seals.db'].some((file) => existsSync(join(path, file))))
      await checkFolder(path, trust);
    else checkPackage(readMembers(path), trust);
    return finish(0, 'FINE: nothing wrong was found.');
  } catch (error) {
    const { code = '', message } = /** @type {{ code?: string, message: string }} */ (error);
    if (error instanceof Wrong) return finish(1, `WRONG: ${message}`);
    if (code.startsWith('SQLITE_CORRUPT')) return finish(1, `WRONG: a file of the folder is damaged: ${message}`);
    if (error instanceof Unreadable || /^(SQLITE|E(?!RR))/.test(code)) return finish(66, `UNREADABLE: ${message}`);
    // Something has a shape that no check here allowed for: whatever it is, it is not fine.
    return finish(1, `WRONG: this cannot be understood: ${message}`);
  }
}

function readArguments() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        key: TEXT,
        checkpoint: TEXT,
        witness: { ...TEXT, multiple: true, default: [] },
      },
    });
    if (values.help) return 'help';
    const [path, ...rest] = positionals;
    if (path === undefined || rest.length > 0) return undefined;
    if (values.key !== undefined) parseLogKey(values.key);
    const { checkpoint: file } = values;
    const checkpoint = file === undefined ? undefined : utf8(readFileSync(file), file);
    return { path, key: values.key, checkpoint, witnesses: values.witness.map(parseWitnessKey) };
  } catch (error) {
    say(/** @type {Error} */ (error).message);
    return undefined;
  }
}

/** @type {(exitCode: number, verdict: string) => void} */
function finish(exitCode, verdict) {
  say(verdict);
  process.exitCode = exitCode;
}

await main();
