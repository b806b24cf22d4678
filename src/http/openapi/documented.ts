import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { OPERATIONS, type Operation, type OperationName } from './operations.js';
import { schemaOf } from './schema-of.js';

/** Describes a route by its entry in the table of operations: summary, examples and the schema of its answer. */
export function Documented(name: OperationName): MethodDecorator {
  const operation: Operation = OPERATIONS[name];
  const { summary, answer, status, answerType = 'application/json', otherTypes = {} } = operation;
  return applyDecorators(
    ApiOperation({ operationId: name, summary }),
    ApiResponse({
      status: status ?? 200,
      description: summary,
      content: contentOf({ [answerType]: answer, ...otherTypes }),
    }),
    ApiResponse({
      status: 'default',
      description: 'A problem (RFC 9457).',
      content: { 'application/problem+json': { schema: schemaOf(PROBLEM), example: PROBLEM } },
    }),
    ...requestOf(operation),
  );
}

const contentOf = (examples: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(examples).map(([type, example]) => [type, { schema: schemaOf(example), example }] as const),
  );

function requestOf(operation: Operation): MethodDecorator[] {
  const { body, request, requestType, headers = {} } = operation;
  const named = Object.entries(headers).map(([name, example]) => ApiHeader({ name, required: true, example }));
  const key = ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key gives the same answer again.',
  });
  const prefer = ApiHeader({
    name: 'Prefer',
    required: false,
    example: 'wait=5',
    description:
      'Seconds to wait until what is written is sealed: the answer then has `sealed`. Of an export, until it is done.',
  });
  if (body) return [...named, key, prefer, ApiBody({ type: body, examples: { example: { value: request } } })];
  if (requestType === undefined) return operation.isWrite ? [...named, key, prefer] : named;
  return [...named, ApiBody({ schema: { type: 'string', example: request } })];
}

const PROBLEM = {
  type: '/refusals/stage-skipped',
  title: 'A stage was skipped',
  status: 422,
  detail: 'sha256:0c5a… was not known-good in staging.',
  reason: 'stage-skipped',
  rule: 'always',
  missing: ['known-good in staging'],
  hint: 'Promote it to staging first.',
  eventId: '0197a3c4-5d6e-7f80-9123-456789abcdef',
};
