import { boundedBody, fetchFailure } from '../../fetched.js';
import { WitnessError } from './errors.js';

/** Sixteen cosignatures by ML-DSA-44, the longest that there are, have less. */
const ANSWER_BYTES_MAX = 64 * 1024;

export interface Answer {
  readonly status: number;
  /** Without parameters, in small letters. */
  readonly contentType: string;
  readonly body: Buffer;
}

export interface Exchange {
  readonly url: string;
  readonly body: string;
  /** For the whole of it, connection and answer. */
  readonly timeoutMs: number;
  /** Of whoever no longer wants the answer. */
  readonly signal: AbortSignal;
}

/**
 * One request, and the whole of its answer: within a time, up to a size, from the address that was asked and no other.
 *
 * @throws WitnessError `unreachable`, `timed-out` or `oversized-answer`
 */
export async function post({ url, body, timeoutMs, signal }: Exchange): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      // Compressed, an answer within the limit could be one of any size.
      headers: { 'content-type': 'text/plain; charset=utf-8', 'accept-encoding': 'identity' },
      redirect: 'manual',
      signal: AbortSignal.any([timeout, signal]),
    });
    const [contentType = ''] = (response.headers.get('content-type') ?? '').split(';');
    return { status: response.status, contentType: contentType.trim().toLowerCase(), body: await bounded(response) };
  } catch (error) {
    if (error instanceof WitnessError) throw error;
    if (timeout.aborted) {
      throw new WitnessError('timed-out', `did not answer within ${timeoutMs / 1_000} s`, { cause: error });
    }
    throw new WitnessError('unreachable', `cannot be reached: ${fetchFailure(error)}`, { cause: error });
  }
}

async function bounded(response: Response): Promise<Buffer> {
  const body = await boundedBody(response, ANSWER_BYTES_MAX);
  if (body) return body;
  throw new WitnessError('oversized-answer', `answered with more than ${ANSWER_BYTES_MAX / 1_024} KiB`);
}
