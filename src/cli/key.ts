import type { Command } from 'commander';
import { clientFor, withConnection, type ConnectionOptions } from './connection.js';

interface LogKey {
  readonly number: number;
  readonly verifierKey: string;
  readonly fromSize: number;
}

interface RotateOptions extends ConnectionOptions {
  readonly reason: string;
}

/** `cairn key show|rotate`: the key that signs the ledger's checkpoints. */
export function addKey(program: Command): void {
  const key = program.command('key').description('show and replace the key that signs the ledger (over HTTP)');
  withConnection(key.command('show').description('print the verifier key that signs now, alone on stdout'))
    .option('--all', 'all keys, in the order of their use, one a line')
    .addHelpText(
      'after',
      `
Give it to auditors on another way than the ledger itself: what they trust is this key, and not the server.

Examples:
  $ cairn key show > cairn.vkey
  $ cairn key show --all`,
    )
    .action(show);
  withConnection(key.command('rotate').description('let a new key sign from now on, under the same name (admin)'))
    .requiredOption('--reason <text>', 'why; it goes into the ledger')
    .addHelpText(
      'after',
      `
The old key and the new one sign a statement (GET /v1/ledger/keys), so who trusts the old one can come to trust the new.

Example:
  $ cairn key rotate --reason "yearly"`,
    )
    .action(rotate);
}

async function show({ all, ...connection }: ConnectionOptions & { readonly all?: boolean }): Promise<void> {
  const { origin, keys } = await clientFor(connection).expectJson<{ origin: string; keys: readonly LogKey[] }>({
    method: 'GET',
    path: '/ledger/keys',
  });
  for (const { number, fromSize } of keys) console.error(`Key ${number} of ${origin} signs from size ${fromSize}.`);
  for (const { verifierKey } of all ? keys : keys.slice(-1)) console.log(verifierKey);
}

async function rotate({ reason, ...connection }: RotateOptions): Promise<void> {
  const { number, verifierKey, fromSize } = await clientFor(connection).expectJson<LogKey>({
    method: 'POST',
    path: '/ledger/keys',
    body: { reason },
  });
  console.error(`Key ${number} signs from size ${fromSize}. The statement of it is in GET /v1/ledger/keys.`);
  console.log(verifierKey);
}
