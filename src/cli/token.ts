import { Option, type Command } from 'commander';
import { clientFor, withConnection, type ConnectionOptions } from './connection.js';
import { colorsFor, formatTable } from './terminal.js';

const ROLES = ['admin', 'pipeline', 'approver', 'auditor'] as const;

interface IssueOptions extends ConnectionOptions {
  readonly subject: string;
  readonly role: (typeof ROLES)[number];
  readonly pipeline?: string;
  readonly expiresAt?: string;
}

interface TokenRow {
  readonly id: string;
  readonly subject: string;
  readonly role: string;
  readonly pipeline?: string;
  readonly expiresAt?: string;
  readonly lastUsedAt?: string;
}

/** `cairn token issue|list|revoke`: needs an admin's token. */
export function addToken(program: Command): void {
  const token = program.command('token').description('issue, list and revoke tokens (over HTTP, as an admin)');
  withConnection(token.command('issue').description('issue a token and print it, once, alone on stdout'))
    .requiredOption('--subject <name>', 'whom it is for, as the ledger shall know them')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--pipeline <id>', 'the pipeline that it speaks for (role pipeline)')
    .option('--expires-at <time>', 'RFC 3339 time from which it is worth nothing')
    .addHelpText(
      'after',
      `
Examples:
  $ export CAIRN_TOKEN=<the admin's token>
  $ ORDERS=$(cairn token issue --subject orders-ci --role pipeline --pipeline orders-ci)
  $ cairn token issue --subject auditor-7 --role auditor --expires-at 2030-01-01T00:00:00Z`,
    )
    .action(issue);
  withConnection(token.command('list').description('list the tokens that are active'))
    .addHelpText('after', '\nExample:\n  $ cairn token list')
    .action(list);
  withConnection(
    token.command('revoke').description('revoke a token by the id that "token list" shows').argument('<id>'),
  )
    .addHelpText('after', '\nExample:\n  $ cairn token revoke 0193a1f2-7c11-7d0e-9c1b-3f6a2f4e8d10')
    .action(revoke);
}

async function issue({ subject, role, pipeline, expiresAt, ...connection }: IssueOptions): Promise<void> {
  const body = { subject, role, ...(pipeline && { pipeline }), ...(expiresAt && { expiresAt }) };
  const issued = await clientFor(connection).expectJson<TokenRow & { token: string }>({
    method: 'POST',
    path: '/tokens',
    body,
  });
  const until = expiresAt ? `until ${expiresAt}` : 'until it is revoked';
  console.error(`Token ${issued.id} for ${subject} (${role}), valid ${until}. It is shown this once; keep it safe.`);
  console.log(issued.token);
}

async function list(options: ConnectionOptions): Promise<void> {
  const answer = await clientFor(options).expectJson<TokenRow[] | { tokens: TokenRow[] }>({
    method: 'GET',
    path: '/tokens',
  });
  const rows = Array.isArray(answer) ? answer : answer.tokens;
  const cells = rows.map(({ id, subject, role, pipeline, expiresAt, lastUsedAt }) => [
    ...[id, subject, role, pipeline ?? '', expiresAt ?? 'never', lastUsedAt ?? 'never'],
  ]);
  const heads = ['id', 'subject', 'role', 'pipeline', 'expires', 'last used'];
  console.log(formatTable(heads, cells, { colors: colorsFor(process.stdout) }));
}

async function revoke(id: string, options: ConnectionOptions): Promise<void> {
  await clientFor(options).expectJson({ method: 'DELETE', path: `/tokens/${encodeURIComponent(id)}` });
  console.error(`Token ${id} is revoked.`);
}
