import { PROBLEMS, type ProblemCode } from './tables.js';

/** A problem as RFC 9457 has it, with Cairn's own members. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly [extension: string]: unknown;
}

/** Thrown anywhere in `http/`, and answered as `application/problem+json`. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  constructor(
    readonly body: ProblemBody,
    readonly headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(body.detail, options);
  }
}

/** A problem of the table, with its headers. */
export function problem(
  code: ProblemCode,
  detail: string,
  extensions: Readonly<Record<string, unknown>> = {},
  options?: ErrorOptions,
): HttpProblem {
  const { status, title, headers } = PROBLEMS[code];
  return new HttpProblem({ type: `/problems/${code}`, title, status, detail, ...extensions }, headers, options);
}

/** A problem that is over after a time: `Retry-After` says so in whole seconds, one at least. */
export function problemUntil(
  code: ProblemCode,
  detail: string,
  retryAfterMs: number,
  extensions: Readonly<Record<string, unknown>> = {},
): HttpProblem {
  const { body, headers } = problem(code, detail, extensions);
  return new HttpProblem(body, { ...headers, 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) });
}
