import type { CommandResult, Receipt } from '../../commands/envelope.js';
import type { Refusal } from '../../domain/refusal.js';
import type { SealedIn } from '../ledger/seal-waits.js';
import { HttpProblem, problem, problemUntil } from './problem.js';
import { REFUSALS } from './tables.js';

export type Accepted = Extract<CommandResult, { status: 'accepted' }>;

/**
 * The result of an accepted command.
 *
 * @param sealed that a refusal is under a seal already
 * @throws HttpProblem for any other
 */
export function throwUnlessAccepted(result: CommandResult, sealed?: SealedIn): Accepted {
  switch (result.status) {
    case 'accepted':
      return result;
    case 'refused':
      throw refusalProblem(result.refusal, result.receipt, sealed);
    case 'rejected':
      throw problem(result.rejection.code, result.rejection.detail);
    case 'too-many-refusals':
      throw surplusProblem(result.refusal, result.retryAfterMs);
    case 'key-reused':
      throw problem(
        'key-reused',
        'This Idempotency-Key came before with another request. Take a new key for a new request.',
      );
  }
}

/** What the refusal would have been. No event was written, so none is named; the same key can be sent again. */
function surplusProblem({ reason, detail, hint, missing }: Refusal, retryAfterMs: number): HttpProblem {
  const what = `It is refused (${reason}: ${detail}) and only counted, as you have had too many refusals in this minute.`;
  return problemUntil('too-many-refusals', what, retryAfterMs, { reason, ...(missing && { missing }), hint });
}

/** A refusal is in the ledger: its problem names the event, and says what to do. */
function refusalProblem(
  { reason, detail, rule, missing, hint }: Refusal,
  receipt: Receipt,
  sealed: SealedIn | undefined,
): HttpProblem {
  const { status, title } = REFUSALS[reason];
  const { eventId, stream, revision, position, recordedAt } = receipt;
  return new HttpProblem({
    type: `/refusals/${reason}`,
    title,
    status,
    detail,
    reason,
    rule,
    ...(missing && { missing }),
    hint,
    eventId,
    receipt: { eventId, stream, revision, position, recordedAt },
    ...(sealed && { sealed }),
  });
}
