import { Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NoToken } from '../access/allow.js';
import { OidcError } from '../access/oidc/errors.js';
import { OidcCallers } from '../access/oidc/oidc-callers.js';
import { SignInError } from '../access/sign-in/errors.js';
import { signInProblem } from '../access/sign-in/problems.js';
import { personOf } from '../access/sign-in/session.js';
import type { SignIn } from '../access/sign-in/sign-in.js';
import { SignInQuery } from '../dto/sign-in.js';
import { SIGN_IN } from '../injection.js';
import { DTO } from '../input/dto.pipe.js';
import { Documented } from '../openapi/documented.js';
import { problem } from '../problems/problem.js';

/** Where who does not say otherwise finds out who they are. */
const HOME = '/v1/me';

/** Addresses on these ways hold what must not get on to the next page, nor be kept. */
const QUIET = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

@ApiTags('sign-in')
@Controller('v1')
export class SignInController {
  constructor(
    @Inject(SIGN_IN) private readonly signIn: SignIn | null,
    private readonly oidc: OidcCallers,
  ) {}

  @Get('sign-in')
  @NoToken()
  @Documented('signIn')
  async begin(@Query(DTO) { to = HOME }: SignInQuery, @Res() reply: FastifyReply) {
    const signIn = this.configured();
    const { location, attempt } = await orProblem(signIn.begin(to));
    signIn.site.keepAttempt(reply, attempt);
    send(reply, 302, location);
  }

  /** The issuer sends the browser here. It is let in as it would be with the token on any later request. */
  @Get('sign-in/callback')
  @NoToken()
  @Documented('signInCallback')
  async finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const signIn = this.configured();
    const { site } = signIn;
    site.forgetAttempt(reply);
    const { to, ...signedIn } = await orProblem(signIn.finish(site.returnedOf(request), site.attemptOf(request)));
    await this.checkRole(signedIn.token);
    await orProblem(Promise.resolve().then(() => site.keepSession(reply, signedIn)));
    send(reply, 303, to);
  }

  /** What a program needs that signs a person in by itself. */
  @Get('sign-in/configuration')
  @NoToken()
  @Documented('getSignInConfiguration')
  configuration() {
    const { issuer, clientId, scope } = this.configured().settings;
    return { issuer, clientId, scope };
  }

  @Post('sign-out')
  @NoToken()
  @Documented('signOut')
  signOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { site } = this.configured();
    if (!site.isOwn(request)) throw problem('cross-origin', 'Another site, or nobody that says so, asked for it.');
    site.forgetSession(reply);
    void reply.code(200).headers(QUIET).send({ signedOut: true });
  }

  private async checkRole(token: string): Promise<void> {
    try {
      await personOf(token, this.oidc);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      const code = error.code === 'keys-unavailable' ? 'unavailable' : 'forbidden';
      throw problem(code, error.message, {}, { cause: error });
    }
  }

  private configured(): SignIn {
    if (this.signIn) return this.signIn;
    throw problem('not-found', 'Signing in is not configured at this server.');
  }
}

async function orProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof SignInError ? signInProblem(error) : error;
  }
}

function send(reply: FastifyReply, status: 302 | 303, location: string): void {
  void reply
    .code(status)
    .headers({ ...QUIET, location, 'content-type': 'text/plain; charset=utf-8' })
    .send(location);
}
