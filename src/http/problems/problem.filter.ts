import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { withoutSecrets } from '../access/redact.js';
import type { HttpProblem } from './problem.js';
import { toProblem, type Log } from './to-problem.js';

/** Answers every error as `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    sendProblem(host.switchToHttp().getResponse<FastifyReply>(), toProblem(error, this.log));
  }
}

export function sendProblem(reply: FastifyReply, { body, headers }: HttpProblem): void {
  // The text is serialised here, so that Fastify does not add a charset, which problem+json does not have.
  void reply
    .code(body.status)
    .headers({ 'cache-control': 'no-store', ...headers, 'content-type': 'application/problem+json' })
    .send(Buffer.from(withoutSecrets(JSON.stringify(body), reply.request.headers.authorization)));
}
