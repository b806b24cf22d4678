import { Injectable } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AccessEnvelope,
  ArtifactEnvelope,
  EnvironmentEnvelope,
  IncidentEnvelope,
  PipelineEnvelope,
  ReportEnvelope,
  SigningEnvelope,
  type CommandResult,
  type Envelope,
} from '../commands/envelope.js';
import type { AccessCommand } from '../domain/access/commands.js';
import type { ArtifactCommand } from '../domain/artifact/commands.js';
import type { EnvironmentCommand } from '../domain/environment/commands.js';
import type { IncidentCommand } from '../domain/incident/commands.js';
import type { PipelineCommand } from '../domain/pipeline/commands.js';
import type { ReportCommand } from '../domain/report/commands.js';
import type { SigningCommand } from '../domain/signing/commands.js';
import { Views } from '../views/views.js';
import { envelopeOf } from './input/request.js';
import { SealWaits, type SealedIn } from './ledger/seal-waits.js';
import { WRITES_IN_FLIGHT_MAX } from './limits.js';
import { problem } from './problems/problem.js';
import { throwUnlessAccepted, type Accepted } from './problems/results.js';
import { KeyTurns } from './reads/key-turns.js';

/** A request that writes, and where its answer goes. */
export interface Call {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly occurredAt?: string | undefined;
}

/** What an answer has besides the receipt. */
export interface Extras {
  /** Where it is; by the id of the event that was written, where that is its name. */
  readonly location?: string | ((eventId: string) => string);
  readonly body?: object;
  /** The revision that was written is the ETag of what is there now. */
  readonly etag?: 'revision';
}

/** Sends a request's command to its aggregate and answers with the receipt, or with the problem that it met. */
@Injectable()
export class Writes {
  private inFlight = 0;
  private newest = -1;

  constructor(
    private readonly commands: CommandBus,
    private readonly views: Views,
    private readonly turns: KeyTurns,
    private readonly seals: SealWaits,
  ) {}

  /** Answers nothing yet: whom the pipeline's registration lets in has to count before. */
  async pipeline(call: Call, command: PipelineCommand): Promise<Accepted> {
    return this.accepted(call, new PipelineEnvelope(command, envelopeFor(call)));
  }

  async artifact(call: Call, command: ArtifactCommand, extras?: Extras): Promise<void> {
    await this.answer(call, new ArtifactEnvelope(command, envelopeFor(call)), extras);
  }

  async environment(call: Call, command: EnvironmentCommand, extras?: Extras): Promise<void> {
    await this.answer(call, new EnvironmentEnvelope(command, envelopeFor(call)), extras);
  }

  async incident(call: Call, command: IncidentCommand, extras?: Extras): Promise<void> {
    await this.answer(call, new IncidentEnvelope(command, envelopeFor(call)), extras);
  }

  async report(call: Call, command: ReportCommand, extras?: Extras): Promise<void> {
    await this.answer(call, new ReportEnvelope(command, envelopeFor(call)), extras);
  }

  async signing(call: Call, command: SigningCommand, extras?: Extras): Promise<void> {
    await this.answer(call, new SigningEnvelope(command, envelopeFor(call)), extras);
  }

  /** Does what fills a command in and sends it, once earlier requests under its key have ended. */
  inTurn(request: FastifyRequest, work: () => Promise<void>): Promise<void> {
    return this.turns.take(request, work);
  }

  /** Answers nothing yet: what a token's answer holds is the business of its controller. */
  async access(call: Call, command: AccessCommand): Promise<Accepted> {
    return this.accepted(call, new AccessEnvelope(command, envelopeFor(call)));
  }

  private async answer(call: Call, command: Command<CommandResult>, extras?: Extras): Promise<void> {
    await this.sendReceipt(call, await this.accepted(call, command), extras);
  }

  /**
   * `201` with the receipt; `200` where something that was there was replaced or taken away. The seal is waited for
   * here, where it is asked for: what the command does to this server is done by then.
   */
  async sendReceipt(call: Call, accepted: Accepted, extras?: Extras): Promise<void> {
    const waiting = this.seals.covering(call, accepted.receipt);
    sendReceipt(call, accepted, { ...extras, sealed: waiting && (await waiting) });
  }

  private async accepted(call: Call, command: Command<CommandResult>): Promise<Accepted> {
    const result = await this.executed(call, command);
    if (result.status !== 'refused') return throwUnlessAccepted(result);
    return throwUnlessAccepted(result, await this.seals.covering(call, result.receipt));
  }

  private async executed({ reply }: Call, command: Command<CommandResult>): Promise<CommandResult> {
    if (this.inFlight >= WRITES_IN_FLIGHT_MAX) {
      throw problem('too-many-requests', `${WRITES_IN_FLIGHT_MAX} writes are waiting already.`);
    }
    this.inFlight++;
    try {
      const result = await this.commands.execute(command);
      if ('receipt' in result) {
        this.tellViews(result.receipt.position);
        if (result.repeated) reply.header('idempotent-replayed', 'true');
      }
      return result;
    } finally {
      this.inFlight--;
    }
  }

  /** Writes are committed in groups and answered together, so one message tells the views of all of them. */
  private tellViews(position: number): void {
    if (this.newest < 0) {
      setImmediate(() => {
        this.views.notify(this.newest);
        this.newest = -1;
      });
    }
    this.newest = Math.max(this.newest, position);
  }
}

function sendReceipt(
  { request, reply }: Call,
  accepted: Accepted,
  { location, body, etag, sealed }: Extras & { readonly sealed: SealedIn | undefined },
): void {
  const { receipt, data } = accepted;
  const { changeId, unchanged } = data as { changeId?: string; unchanged?: boolean };
  const created = request.method === 'POST';
  const place = typeof location === 'function' ? location(receipt.eventId) : location;
  if (created) reply.header('location', place ?? placeOf(receipt.eventId, changeId));
  if (etag) reply.header('etag', `"${receipt.revision}"`);
  const answer = {
    ...body,
    ...receipt,
    ...(changeId !== undefined && { changeId }),
    ...(unchanged && { unchanged }),
    ...(sealed && { sealed }),
  };
  // A text is sent as it is; for an object Fastify would look for a serialiser.
  reply.header('content-type', 'application/json; charset=utf-8');
  void reply.code(created ? 201 : 200).send(JSON.stringify(answer));
}

const placeOf = (eventId: string, changeId: string | undefined): string =>
  changeId === undefined ? `/v1/events/${eventId}` : `/v1/changes/${changeId}`;

const envelopeFor = ({ request, occurredAt }: Call): Envelope => envelopeOf(request, occurredAt);
