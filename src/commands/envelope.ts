import { Command } from '@nestjs/cqrs';
import type { AccessCommand } from '../domain/access/commands.js';
import type { ArtifactCommand } from '../domain/artifact/commands.js';
import type { Rejection } from '../domain/decision.js';
import type { Channel, EnvironmentCommand } from '../domain/environment/commands.js';
import type { IncidentCommand } from '../domain/incident/commands.js';
import type { PipelineCommand } from '../domain/pipeline/commands.js';
import type { ReportCommand } from '../domain/report/commands.js';
import type { SigningCommand } from '../domain/signing/commands.js';
import type { TrustRoots } from '../domain/trust/commands.js';
import type { Refusal } from '../domain/refusal.js';

/** Who sent a command, and how. */
export interface Envelope {
  /** Pseudonymous subject of the token. */
  readonly actor: string;
  /** The pipeline that the actor speaks for; absent, the actor is a person. */
  readonly pipeline?: string;
  readonly channel: Channel;
  /** RFC 3339, UTC, milliseconds; absent, the ledger's clock is taken. */
  readonly occurredAt?: string;
  /** The same key from the same actor gives the same answer again. */
  readonly idempotencyKey?: string;
  readonly correlationId?: string;
}

/** Where the ledger wrote it. */
export interface Receipt {
  readonly eventId: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: string;
}

export type CommandResult =
  | {
      readonly status: 'accepted';
      readonly receipt: Receipt;
      /** Type and data of the event that was written. */
      readonly type: string;
      readonly data: unknown;
      /** True when this is the answer of an earlier call with the same key. */
      readonly repeated: boolean;
    }
  | { readonly status: 'refused'; readonly receipt: Receipt; readonly refusal: Refusal; readonly repeated: boolean }
  /** It is refused, and counted with others: nothing of it was written. */
  | { readonly status: 'too-many-refusals'; readonly refusal: Refusal; readonly retryAfterMs: number }
  /** Nothing was written: the command names what is not there, or is there already. */
  | { readonly status: 'rejected'; readonly rejection: Rejection }
  /** The key was used before with another command. */
  | { readonly status: 'key-reused' };

/** A command of one aggregate in its envelope; the class of it is what the command bus knows it by. */
abstract class Addressed<AggregateCommand> extends Command<CommandResult> {
  constructor(
    readonly command: AggregateCommand,
    readonly envelope: Envelope,
  ) {
    super();
  }
}

export class PipelineEnvelope extends Addressed<PipelineCommand> {}
export class ArtifactEnvelope extends Addressed<ArtifactCommand> {}
export class EnvironmentEnvelope extends Addressed<EnvironmentCommand> {}
export class AccessEnvelope extends Addressed<AccessCommand> {}
export class IncidentEnvelope extends Addressed<IncidentCommand> {}
export class ReportEnvelope extends Addressed<ReportCommand> {}
export class SigningEnvelope extends Addressed<SigningCommand> {}
export class TrustEnvelope extends Addressed<TrustRoots> {}
