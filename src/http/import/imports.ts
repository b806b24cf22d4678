import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import { Aggregates } from '../../commands/aggregates.js';
import type { CommandResult, Envelope } from '../../commands/envelope.js';
import { eventIdFor } from '../../commands/event-id.js';
import { CommandProcessor, type ImportItem } from '../../commands/processor.js';
import { Views } from '../../views/views.js';
import { PipelinesByClaims } from '../access/oidc/pipelines-by-claims.js';
import { parseJsonBytes } from '../input/json.js';
import { PATTERN_HINTS, PATTERNS, type PatternName } from '../input/patterns.js';
import { invalidRequest } from '../input/read-dto.js';
import { notAhead } from '../input/request.js';
import { BODY_BYTES_MAX, IMPORT_LINES_MAX } from '../limits.js';
import { HttpProblem, problem } from '../problems/problem.js';
import { IMPORT_COMMANDS } from './import-commands.js';

/** Other requests get a turn every so many lines. */
const READ_BETWEEN_TURNS = 50;

/** The answer to one line. */
export type LineAnswer = Readonly<Record<string, unknown>> & { readonly line: number; readonly status: string };

type Line = { readonly line: number } & ({ readonly item: ImportItem } | { readonly invalid: HttpProblem });

/** Takes history that is told after the fact: a command a line, decided in their order. */
@Injectable()
export class Imports {
  constructor(
    private readonly processor: CommandProcessor,
    private readonly aggregates: Aggregates,
    private readonly views: Views,
    private readonly pipelines: PipelinesByClaims,
  ) {}

  /** The answers in the order of the lines. A line that cannot be read is answered, and the others are taken. */
  async run(body: Buffer, actor: string): Promise<LineAnswer[]> {
    const lines: Line[] = [];
    for (const { line, bytes } of split(body)) {
      lines.push(this.read(line, bytes, actor));
      if (lines.length % READ_BETWEEN_TURNS === 0) await setImmediate();
    }
    const items = lines.flatMap((line) => ('item' in line ? [line.item] : []));
    const results = items.length === 0 ? [] : await this.processor.executeAll(items);
    for (const result of results) {
      if (result.status === 'accepted') this.pipelines.apply(result.type, result.data, result.receipt.revision);
    }
    this.views.notify(Math.max(-1, ...results.map((result) => ('receipt' in result ? result.receipt.position : -1))));
    let next = 0;
    return lines.map((line) =>
      'invalid' in line ? invalidAnswer(line.line, line.invalid) : answerOf(line.line, results[next++]),
    );
  }

  private read(line: number, bytes: Buffer, actor: string): Line {
    try {
      return { line, item: this.toItem(bytes, actor) };
    } catch (error) {
      if (error instanceof HttpProblem) return { line, invalid: error };
      throw error;
    }
  }

  private toItem(bytes: Buffer, actor: string): ImportItem {
    if (bytes.length > BODY_BYTES_MAX) throw problem('too-large', `A line may have ${BODY_BYTES_MAX} bytes.`);
    const parsed = parseJsonBytes(bytes);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw problem('invalid-request', 'A line must be a JSON object.');
    }
    const { command, pipeline, idempotencyKey, changeKey, ...fields } = parsed as Record<string, unknown>;
    const reader = typeof command === 'string' ? IMPORT_COMMANDS.get(command) : undefined;
    if (!reader) {
      throw invalidRequest([{ field: 'command', detail: `must be one of ${[...IMPORT_COMMANDS.keys()].join(', ')}` }]);
    }
    const speaksFor = optional('pipeline', 'pipeline', pipeline);
    const key = optional('idempotencyKey', 'idempotencyKey', idempotencyKey);
    const { occurredAt, toItem } = reader({ ...fields, ...changeOf(actor, fields, changeKey) });
    const envelope: Envelope = {
      actor,
      channel: 'import',
      ...(speaksFor !== undefined && { pipeline: speaksFor }),
      ...(key !== undefined && { idempotencyKey: key }),
      ...(occurredAt !== undefined && { occurredAt: notAhead('occurredAt', occurredAt) }),
    };
    return toItem(this.aggregates, envelope);
  }
}

/** The id of the change that a line of this or an earlier import opened under the key. */
function changeOf(actor: string, fields: Record<string, unknown>, changeKey: unknown): { changeId?: string } {
  const key = optional('changeKey', 'idempotencyKey', changeKey);
  if (key === undefined) return {};
  if (fields['changeId'] !== undefined) {
    throw invalidRequest([{ field: 'changeKey', detail: 'and changeId say the same thing: send one of them' }]);
  }
  return { changeId: eventIdFor(actor, key) };
}

function optional(field: string, pattern: PatternName, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && PATTERNS[pattern].test(value)) return value;
  throw invalidRequest([{ field, detail: `must be ${PATTERN_HINTS[pattern]}` }]);
}

const LINE_FEED = 0x0a;

/** Lines with their 1-based numbers; blank ones count and are left out. */
function split(body: Buffer): { line: number; bytes: Buffer }[] {
  const lines: { line: number; bytes: Buffer }[] = [];
  let number = 0;
  for (let from = 0; from < body.length;) {
    const end = body.indexOf(LINE_FEED, from);
    const to = end < 0 ? body.length : end;
    number++;
    const bytes = body.subarray(from, to);
    if (!isBlank(bytes)) lines.push({ line: number, bytes });
    if (lines.length > IMPORT_LINES_MAX) {
      throw problem('too-large', `A request may have ${IMPORT_LINES_MAX} lines. Send the others in another one.`);
    }
    from = to + 1;
  }
  if (lines.length === 0) throw problem('invalid-request', 'The body has no line. Send a command a line.');
  return lines;
}

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

function invalidAnswer(line: number, { body }: HttpProblem): LineAnswer {
  return { line, status: 'invalid', detail: body.detail, ...('errors' in body ? { errors: body['errors'] } : {}) };
}

function answerOf(line: number, result: CommandResult | undefined): LineAnswer {
  if (!result) throw new Error(`line ${line} was not answered`);
  switch (result.status) {
    case 'accepted': {
      const { changeId, unchanged } = result.data as { changeId?: string; unchanged?: boolean };
      return {
        line,
        status: 'accepted',
        ...result.receipt,
        ...(changeId && { changeId }),
        ...(unchanged && { unchanged }),
      };
    }
    case 'refused': {
      const { reason, detail, hint, missing } = result.refusal;
      return { line, status: 'refused', reason, detail, hint, ...(missing && { missing }), ...result.receipt };
    }
    case 'rejected':
      return { line, status: 'rejected', reason: result.rejection.code, detail: result.rejection.detail };
    case 'key-reused':
      return {
        line,
        status: 'rejected',
        reason: 'key-reused',
        detail: 'This idempotencyKey came before with another command.',
      };
  }
}
