import type { CommandBus } from '@nestjs/cqrs';
import { AccessEnvelope } from '../../commands/envelope.js';
import { newEventId } from '../../commands/event-id.js';
import type { TokenGrant } from '../../domain/access/events.js';
import type { EventReader } from '../../event-store/port.js';
import { throwUnlessAccepted } from '../problems/results.js';
import type { Log } from '../problems/to-problem.js';
import { hashOf, newToken, type TokenDirectory } from './token-directory.js';

const SUBJECT = 'admin';
/** Servers that start together on an empty ledger write the same event, so that one of them wins. No caller's key has a space. */
const KEY = 'first token';

interface FirstToken {
  readonly wanted: string | undefined;
  readonly store: Pick<EventReader, 'readCategory'>;
  readonly log: Log;
}

/**
 * Gives the admin a token at the first start: the one of the settings, or a new one. Later starts add none, so that
 * who can set a variable cannot make himself an admin of a ledger that is there.
 *
 * @returns the token, when one was issued now
 */
export async function issueFirstToken(
  commands: CommandBus,
  tokens: TokenDirectory,
  { wanted, store, log }: FirstToken,
): Promise<string | undefined> {
  if (tokens.knows(SUBJECT)) {
    sayIfUnknown(wanted, tokens, log);
    return undefined;
  }
  const token = wanted ?? newToken();
  const grant: TokenGrant = { id: newEventId(), subject: SUBJECT, role: 'admin', hash: hashOf(token) };
  const command = { kind: 'issue-token', subject: SUBJECT, grant, remarks: {} } as const;
  const result = await commands.execute(
    new AccessEnvelope(command, { actor: SUBJECT, channel: 'api', idempotencyKey: KEY }),
  );
  if (result.status === 'key-reused') {
    await tokens.read(store);
    sayIfUnknown(wanted, tokens, log);
    return undefined;
  }
  const { receipt } = throwUnlessAccepted(result);
  tokens.apply({ type: 'TokenIssued.v1', data: grant }, receipt.recordedAt);
  return token;
}

function sayIfUnknown(wanted: string | undefined, tokens: TokenDirectory, log: Log): void {
  if (wanted === undefined || tokens.find(wanted, Date.now())) return;
  log('CAIRN_ADMIN_TOKEN is no token of this ledger: it is taken at the first start only.');
}
