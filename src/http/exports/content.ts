import type { FastifyReply, FastifyRequest } from 'fastify';
import { createReadStream } from 'node:fs';
import { problem } from '../problems/problem.js';
import { matches } from '../reads/reads.js';

export interface Content {
  readonly path: string;
  readonly bytes: number;
  readonly name: string;
  readonly mediaType: string;
  /** SHA-256 in hex; it is the ETag. */
  readonly digest: string;
}

/** Sends a file that never changes, whole or from where a broken download ended (RFC 9110, 13 and 14). */
export function sendContent(request: FastifyRequest, reply: FastifyReply, content: Content): void {
  const { path, bytes, name, mediaType, digest } = content;
  const etag = `"${digest}"`;
  const isKnown = matches(request.headers['if-none-match'], etag);
  const range = isKnown ? undefined : rangeOf(request, etag, bytes);
  if (range === 'unsatisfiable') {
    // Before the headers of the file: the problem is none of it.
    reply.header('content-range', `bytes */${bytes}`);
    throw problem('range-not-satisfiable', `The file has ${bytes} bytes.`);
  }
  reply.headers({
    ...{ etag, 'accept-ranges': 'bytes', 'content-type': mediaType, 'cache-control': 'private, immutable' },
    'content-disposition': `attachment; filename="${name}"`,
    'x-content-type-options': 'nosniff',
    'repr-digest': `sha-256=:${Buffer.from(digest, 'hex').toString('base64')}:`,
  });
  if (isKnown) return void reply.code(304).send();
  const { start, end } = range ?? { start: 0, end: bytes - 1 };
  if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${bytes}`);
  reply.header('content-length', end - start + 1);
  // An empty file has no last byte.
  void reply.send(bytes === 0 ? Buffer.alloc(0) : createReadStream(path, { start, end }));
}

/** One range of bytes; undefined for the whole: several ranges are not served, nor one of another file. */
function rangeOf({ headers }: FastifyRequest, etag: string, bytes: number) {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== etag) return undefined;
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? bytes - 1 : Math.min(bytes - 1, Number(last));
  if (start > end) return first !== '' && last !== '' && Number(first) > Number(last) ? undefined : 'unsatisfiable';
  return { start, end };
}
