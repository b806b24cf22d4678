import type { FastifyReply } from 'fastify';

/** Aborted when the caller hangs up before the answer is sent. */
export function whenLeft({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) left.abort();
  });
  return left.signal;
}
