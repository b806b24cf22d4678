import { CliError } from './errors.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as it came: a file is no text. */
  readonly bytes: Uint8Array;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path under `/v1`, with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long an answer is waited for, when that is shorter than usual. */
  readonly timeoutMs?: number;
}

/** A problem (RFC 9457) as Cairn answers it. */
export interface Problem {
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly reason?: string;
  readonly hint?: string;
  readonly errors?: unknown;
  /** Of a refusal, which is an event. */
  readonly missing?: readonly string[];
  readonly eventId?: string;
  readonly receipt?: { readonly position: number };
}

const CALL_TIMEOUT_MS = 120_000;

/** The HTTP contract, spoken with one token. Every answer is returned, whatever its status. */
export class ApiClient {
  constructor(
    readonly url: string,
    private readonly token: string | undefined,
  ) {}

  /** The same server with another token. */
  as(token: string): ApiClient {
    return new ApiClient(this.url, token);
  }

  /** @throws CliError `unavailable` when there is no server, or it does not answer in time. */
  async send(call: Call): Promise<Answer> {
    const timeoutMs = Math.min(CALL_TIMEOUT_MS, call.timeoutMs ?? CALL_TIMEOUT_MS);
    const isRaw = call.body instanceof Uint8Array;
    const body = isRaw || call.body === undefined ? (call.body as BodyInit | undefined) : JSON.stringify(call.body);
    try {
      const response = await fetch(`${this.url}/v1${call.path}`, {
        method: call.method,
        headers: {
          ...(this.token && { authorization: `Bearer ${this.token}` }),
          ...(body !== undefined && !isRaw && { 'content-type': 'application/json' }),
          ...call.headers,
        },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const { status, headers } = response;
      return { status, headers, bytes, text: new TextDecoder().decode(bytes) };
    } catch (error) {
      throw new CliError(
        'unavailable',
        `No answer from ${this.url} (${causeOf(error, timeoutMs)}).`,
        'Is the server running there? Start it with "cairn serve", or name another one with --url or CAIRN_URL.',
        { cause: error },
      );
    }
  }

  /** A file to be read as it comes. @throws CliError with the problem that the server gave, or without a server */
  async open(path: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    const authorization = this.token && { authorization: `Bearer ${this.token}` };
    let response: Response;
    try {
      response = await fetch(`${this.url}/v1${path}`, { headers: { ...authorization, ...headers } });
    } catch (error) {
      throw new CliError('unavailable', `No answer from ${this.url} (${causeOf(error)}).`, undefined, { cause: error });
    }
    if (response.ok) return response;
    throw problemError({ status: response.status, text: await response.text() });
  }

  /** The answer to a call that must succeed. @throws CliError with the problem that the server gave otherwise. */
  async expect(call: Call): Promise<Answer> {
    const answer = await this.send(call);
    if (answer.status < 200 || answer.status > 299) throw problemError(answer);
    return answer;
  }

  /** The body of a call that must succeed. @throws CliError with the problem that the server gave otherwise. */
  async expectJson<T>(call: Call): Promise<T> {
    const answer = await this.expect(call);
    return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
  }
}

const ROLE_HINT = 'Give a token whose role may do this with --token or CAIRN_TOKEN.';

/** An answer that is no success, as what the caller is told; where the token is wrong and nobody has a hint, this one. */
export function problemError(answer: Pick<Answer, 'status' | 'text'>, deniedHint: string = ROLE_HINT): CliError {
  const problem = problemOf(answer);
  if (problem.reason !== undefined) return refusalError(problem);
  const said = [problem.title, problem.detail].filter((part) => part !== undefined && part !== '');
  const errors = Array.isArray(problem.errors) ? problem.errors.map((error) => `\n  ${describeError(error)}`) : [];
  const message = `${said.join(': ') || 'The server gave no reason'} (HTTP ${answer.status})${errors.join('')}`;
  if (answer.status === 401 || answer.status === 403) {
    return new CliError('denied', message, problem.hint ?? deniedHint);
  }
  const isAway = answer.status >= 500 || answer.status === 429;
  return new CliError(isAway ? 'unavailable' : 'failed', message, problem.hint);
}

/** A refusal is no fault of the token's, whatever its status: it was decided, and is an event. */
function refusalError({ reason = '', detail, missing = [], eventId, hint }: Problem): CliError {
  const lines = [
    `Refused, ${reason}: ${detail ?? ''}`,
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(eventId === undefined ? [] : [`event: ${eventId}`]),
  ];
  return new CliError('failed', lines.join('\n'), hint);
}

export function problemOf(answer: Pick<Answer, 'status' | 'text'>): Problem {
  try {
    const parsed: unknown = JSON.parse(answer.text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** One entry of a problem's `errors`, which is a sentence or names the field that it is about. */
export function describeError(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return String(error);
  const { pointer, field, path, message, detail } = error as Record<string, unknown>;
  const place = [pointer, field, path].find((part) => typeof part === 'string');
  const text = [message, detail].find((part) => typeof part === 'string') ?? JSON.stringify(error);
  return place === undefined ? text : `${place}: ${text}`;
}

function causeOf(error: unknown, timeoutMs = CALL_TIMEOUT_MS): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return (cause as NodeJS.ErrnoException).code ?? cause.message;
  return error.name === 'TimeoutError' ? `nothing within ${timeoutMs / 1000} s` : error.message;
}
