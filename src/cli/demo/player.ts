import { problemOf, type Answer, type ApiClient } from '../api-client.js';
import { CliError } from '../errors.js';
import { Names } from './artifacts.js';
import { shortTime } from './calendar.js';
import { describe } from './describe.js';
import type { Printer } from './printer.js';
import { requestOf, type StepRequest } from './requests.js';
import { componentOf, type Step, type StepCommand, type When } from './steps.js';
import { CHAPTERS } from './story.js';

interface Outcome {
  readonly status: 'accepted' | 'refused' | 'failed';
  readonly changeId?: string;
  readonly position?: number;
  readonly reason?: string;
  readonly detail?: string;
  readonly hint?: string;
}

/**
 * Plays the story against a server, each step one HTTP call, and stops at the first answer that is not the one the
 * story expects.
 *
 * The month is told after the fact, each step with its own `occurredAt`. Nearly all of it goes the way any pipeline
 * goes: the route of the contract, with the pipeline's own token. The exception is a change in an environment whose
 * policy asks for a soak: the API measures that by the server's clock, to which the whole month is a few seconds old.
 * Those steps are what `POST /v1/imports` is for, one line each, sent by the admin in the pipeline's name: there a
 * soak is measured by the times that the history itself tells. Today's steps carry no time and take the ordinary way.
 */
export class Player {
  readonly names = new Names();
  readonly tokens = new Map<string, string>();
  /** The last position that an answer has named. */
  position = -1;
  /** Environment and service → the last change there. */
  private readonly lastChanges = new Map<string, string>();
  private readonly soaked = new Set<string>();

  constructor(
    private readonly admin: ApiClient,
    private readonly printer: Printer,
    private readonly timeOf: (when: When) => Date | undefined,
  ) {}

  async play(story: readonly Step[]): Promise<void> {
    await this.issueToken('security-desk', { role: 'approver' });
    await this.issueToken('on-call', { role: 'approver' });
    let chapter = '';
    for (const step of story) {
      const { when } = step;
      const heading =
        CHAPTERS[
          Object.keys(CHAPTERS)
            .map(Number)
            .filter((day) => day <= when.day)
            .at(-1) ?? 1
        ] ?? '';
      if (heading !== chapter) this.printer.heading(heading);
      chapter = heading;
      await this.playStep(step);
    }
  }

  private async playStep(step: Step): Promise<void> {
    const { command, by, refused } = step;
    const time = this.timeOf(step.when);
    this.learnNames(command);
    const outcome = await this.send(step, time);
    const line = { time: shortTime(time ?? new Date()), by, text: describe(command) };
    if (outcome.status !== (refused === undefined ? 'accepted' : 'refused') || outcome.reason !== refused) {
      throw unexpected(line.text, refused, outcome);
    }
    this.position = Math.max(this.position, outcome.position ?? -1);
    await this.remember(command, outcome);
    if (refused === undefined)
      return this.printer.line({ ...line, isBad: 'result' in command && command.result === 'failed' });
    const { detail = '', hint } = outcome;
    const refusal = { reason: refused, detail: this.names.in(detail), ...(hint && { hint: this.names.in(hint) }) };
    this.printer.line({ ...line, refusal });
  }

  private async send({ command, by }: Step, time: Date | undefined): Promise<Outcome> {
    const request = requestOf(command, this.lastChange(command), time ?? new Date());
    const startedAt = command.kind === 'report-incident' && { startedAt: (time ?? new Date()).toISOString() };
    const occurredAt = { ...(time && { occurredAt: time.toISOString() }), ...startedAt };
    if (
      time &&
      'environment' in command &&
      command.kind !== 'attest' &&
      !('id' in command) &&
      this.tokens.has(by) &&
      this.soaked.has(command.environment)
    ) {
      return this.sendLine({ ...request.line, ...occurredAt, pipeline: by });
    }
    const token = this.tokens.get(by);
    const client = token === undefined ? this.admin : this.admin.as(token);
    const headers = command.kind === 'change-policy' ? await this.ifMatch(request) : {};
    return outcomeOf(await client.send({ ...request.call, body: { ...request.call.body, ...occurredAt }, headers }));
  }

  private async sendLine(line: object): Promise<Outcome> {
    const headers = { 'content-type': 'application/x-ndjson' };
    const body = Buffer.from(`${JSON.stringify(line)}\n`);
    const answer = await this.admin.send({ method: 'POST', path: '/imports', body, headers });
    if (answer.status !== 200) return outcomeOf(answer);
    const { status, eventId, ...rest } = JSON.parse(answer.text) as Omit<Outcome, 'status'> & {
      status: string;
      eventId: string;
    };
    if (status === 'accepted') return { status, ...rest };
    if (status !== 'refused') return { ...rest, status: 'failed' };
    const event = await this.admin.expectJson<{ data: { hint?: string } }>({
      method: 'GET',
      path: `/events/${eventId}`,
    });
    return { ...rest, status, ...event.data };
  }

  /** The author of a policy says which one was in view. */
  private async ifMatch({ call }: StepRequest): Promise<Record<string, string>> {
    const { headers } = await this.admin.send({ method: 'GET', path: call.path });
    return { 'if-match': headers.get('etag') ?? '' };
  }

  private lastChange(command: StepCommand): string | undefined {
    if (!('environment' in command)) return undefined;
    if ('service' in command) return this.lastChanges.get(`${command.environment}:${command.service}`);
    return 'artifact' in command
      ? this.lastChanges.get(`${command.environment}:${componentOf(command.artifact)}`)
      : undefined;
  }

  private learnNames(command: StepCommand): void {
    if ('artifact' in command) this.names.learn(command.artifact);
    if ('base' in command && command.base !== undefined) this.names.learn(command.base);
  }

  private async remember(command: StepCommand, { status, changeId }: Outcome): Promise<void> {
    if (status !== 'accepted') return;
    if (command.kind === 'register-pipeline') {
      await this.issueToken(command.id, { role: 'pipeline', pipeline: command.id });
    } else if (command.kind === 'promote' && changeId !== undefined) {
      this.lastChanges.set(`${command.environment}:${componentOf(command.artifact)}`, changeId);
    } else if (command.kind === 'roll-back' && changeId !== undefined) {
      this.lastChanges.set(`${command.environment}:${command.service}`, changeId);
    } else if (command.kind === 'change-policy' && command.policy.soak !== 'PT0S') {
      this.soaked.add(command.environment);
    }
  }

  async issueToken(subject: string, grant: { role: string; pipeline?: string }): Promise<string> {
    const body = { subject, ...grant };
    const issued = await this.admin.expectJson<{ token: string; position: number }>({
      method: 'POST',
      path: '/tokens',
      body,
    });
    const { token, position } = issued;
    this.position = Math.max(this.position, position);
    this.tokens.set(subject, token);
    return token;
  }
}

function outcomeOf(answer: Answer): Outcome {
  if (answer.status >= 200 && answer.status < 300)
    return { status: 'accepted', ...(JSON.parse(answer.text) as object) };
  const { reason, title, detail, hint, receipt } = problemOf(answer);
  const text = { detail: detail ?? title ?? answer.text, ...(hint !== undefined && { hint }), ...receipt };
  return reason === undefined ? { status: 'failed', ...text } : { status: 'refused', reason, ...text };
}

function unexpected(what: string, refused: string | undefined, outcome: Outcome): CliError {
  const expected = refused === undefined ? 'accepted' : `refused as ${refused}`;
  const got = [outcome.status, outcome.reason, outcome.detail].filter((part) => part !== undefined).join(', ');
  return new CliError(
    'failed',
    `The demo went wrong at "${what}": it should be ${expected}, and the answer was: ${got}.`,
  );
}
