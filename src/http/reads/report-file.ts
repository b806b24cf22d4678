import type { FastifyRequest } from 'fastify';
import { reportLink } from '../../reports/advisory-board/links.js';
import type { ReportFile } from '../../reports/advisory-board/jobs.js';
import type { ReportAddress } from '../../reports/document/document.js';
import { FORMAT_NAMES, FORMATS, isText, type Format } from '../../reports/formats.js';
import { preferredType } from '../input/accept.js';
import { problem } from '../problems/problem.js';
import { PAGE_POLICY } from '../security-headers.js';
import { matches, YEAR_SECONDS, type Exchange } from './reads.js';

/** The format that the query names, or that `Accept` prefers. @throws HttpProblem `not-acceptable` */
export function formatFor(request: FastifyRequest, named: string | undefined): Format {
  const found = FORMAT_NAMES.find((format) => format === named);
  if (found) return found;
  const types = Object.values(FORMATS);
  const type = preferredType(request.headers.accept, types);
  const format = FORMAT_NAMES.find((name) => FORMATS[name] === type);
  if (format) return format;
  throw problem('not-acceptable', `There are ${types.join(', ')}; or name one by ?format=${FORMAT_NAMES.join('|')}.`);
}

/** Sends the file with the address at which it never changes. */
export function sendFile(
  { request, reply }: Exchange,
  { file, address, isPinned }: { file: ReportFile; address: ReportAddress; isPinned: boolean },
): void {
  const { format, digest, bytes } = file;
  const tag = `"${digest}"`;
  reply.header('etag', tag);
  reply.header('vary', 'accept');
  reply.header('cache-control', isPinned ? `private, immutable, max-age=${YEAR_SECONDS}` : 'private, no-cache');
  reply.header('content-location', reportLink(address, format));
  if (matches(request.headers['if-none-match'], tag)) return void reply.code(304).send();
  reply.header('content-type', isText(format) ? `${FORMATS[format]}; charset=utf-8` : FORMATS[format]);
  reply.header('content-disposition', `inline; filename="${fileName(address, format)}"`);
  reply.header('content-security-policy', PAGE_POLICY);
  void reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** `advisory-board_production_2026-01-01_2026-04-01_at-1042.html` */
function fileName({ report, environments, from, to, position }: ReportAddress, format: Format): string {
  const scope = environments.length > 3 ? `${environments.length}-environments` : environments.join('+');
  return `${report}_${scope}_${from.slice(0, 10)}_${to.slice(0, 10)}_at-${position}.${format}`;
}
