import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** The OpenAPI description of this server, worked out from its routes when it is first asked for. */
export class OpenApiDocument {
  private cached: string | undefined;
  private app: INestApplication | undefined;

  describe(app: INestApplication): void {
    this.app = app;
  }

  text(): string {
    return (this.cached ??= JSON.stringify(this.build()));
  }

  private build(): OpenAPIObject {
    if (!this.app) throw new Error('there is no application to describe');
    const config = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Cairn')
      .setDescription(DESCRIPTION)
      .setVersion('1')
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A token from POST /v1/tokens.' })
      .build();
    return SwaggerModule.createDocument(this.app, config, { operationIdFactory: (_controller, method) => method });
  }
}

const DESCRIPTION = `The ledger of what runs where, and why it was allowed to.

Every write takes an \`Idempotency-Key\` and answers with a receipt. A change that is not allowed is written down too, and
answered as a problem (RFC 9457) whose type is \`/refusals/<reason>\`. Every read takes \`minPosition\`, so that it sees a
write whose receipt the caller holds, and carries a strong \`ETag\`. The roles that may call an operation are its
\`x-roles\`; with none, no token is asked for.`;
