import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATIONS } from '../../../src/http/openapi/operations.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Described {
  operationId: string;
  'x-roles': string[];
  security?: unknown[];
  parameters?: { name: string; in: string }[];
  requestBody?: {
    content: Record<string, { examples?: { example: { value: unknown } }; schema: { example?: string } }>;
  };
  responses: Record<string, { content: Record<string, { schema: unknown; example: unknown }> }>;
}

/** In the place of the example’s issuer, which a test has no business to ask for its keys. */
const ISSUER = 'http://127.0.0.1:9';

/** The router's path as OpenAPI writes it; what is left of an address has no name there. */
const templateOf = (url: string): string => url.replace(/:(\w+)/g, '{$1}').replace('*', '{path}');

describe('/openapi.json', () => {
  let server: TestServer;
  let paths: Record<string, Record<string, Described>>;
  const operations = () =>
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => ({ path, method: method.toUpperCase(), described })),
    );
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_OIDC_ISSUERS: ISSUER, CAIRN_OIDC_AUDIENCE: 'cairn' });
    const answer = await server.api().get<{ paths: typeof paths }>('/openapi.json');
    paths = answer.body.paths;
  });
  afterAll(() => server.stop());

  it('describes every route of the router, with the roles that may call it', () => {
    const described = operations().map(({ path, method }) => `${method} ${path}`);
    const routes = server.routes
      .filter(({ method, url }) => method !== 'HEAD' && url !== '/openapi.json')
      .map(({ method, url }) => `${method} ${templateOf(url)}`);
    expect(described.sort()).toEqual(routes.sort());
    for (const { path, method, described: operation } of operations()) {
      const route = server.routes.find(
        (candidate) => candidate.method === method && templateOf(candidate.url) === path,
      );
      expect(operation['x-roles']).toEqual(route?.allow === 'no-token' ? [] : route?.allow);
      const inPath = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name);
      expect(inPath.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
    }
  });

  it('has an example of every request and every answer', () => {
    for (const { method, described } of operations()) {
      const answers = Object.entries(described.responses).filter(([status]) => status !== 'default');
      expect(answers).toHaveLength(1);
      for (const { example, schema } of Object.values(answers[0]?.[1].content ?? {})) {
        expect(example).toBeDefined();
        expect(schema).toBeDefined();
      }
      if (method === 'GET' || method === 'DELETE') continue;
      const [content] = Object.values(described.requestBody?.content ?? {});
      expect(content?.examples?.example.value ?? content?.schema.example).toBeDefined();
    }
  });

  it('has request examples that this server takes, one after the other', async () => {
    const { admin } = server;
    await admin.post('/v1/environments', { name: 'staging', tier: 'staging' });
    const taken: [string, number][] = [];
    const sent = async (name: keyof typeof OPERATIONS, call: Promise<{ status: number }>) =>
      taken.push([name, (await call).status]);
    const request = (name: keyof typeof OPERATIONS) => OPERATIONS[name].request;
    const registration = request('registerPipeline') as { oidc: object };
    const oidc = { ...registration.oidc, issuer: ISSUER };
    await sent('registerPipeline', admin.post('/v1/pipelines', { ...registration, oidc }));
    await sent('changePipeline', admin.put('/v1/pipelines/payments', request('changePipeline')));
    await sent('suspendPipeline', admin.post('/v1/pipelines/payments/suspension', request('suspendPipeline')));
    await sent('reinstatePipeline', admin.post('/v1/pipelines/payments/reinstatement', request('reinstatePipeline')));
    await sent('defineEnvironment', admin.post('/v1/environments', request('defineEnvironment')));
    const ifMatch = { headers: { 'if-match': '"0"' } };
    await sent('changePolicy', admin.put('/v1/environments/production/policy', request('changePolicy'), ifMatch));
    const issued = admin.post<{ token: string }>('/v1/tokens', request('issueToken'));
    await sent('issueToken', issued);
    const pipeline = server.api((await issued).body.token);
    await sent('bakeArtifact', pipeline.post('/v1/artifacts', request('bakeArtifact')));
    const artifact = `/v1/artifacts/${(request('bakeArtifact') as { digest: string }).digest}`;
    await sent('attestArtifact', pipeline.post(`${artifact}/attestations`, request('attestArtifact')));
    expect(taken.filter(([, status]) => status !== 201 && status !== 200)).toEqual([]);
    const change = '/v1/environments/production/promotions/0197a3c4-5d6e-7f80-9123-456789abcdef';
    // These need a history that no example has: they are read and decided, and that is what is asked here.
    const decided = [
      await pipeline.post('/v1/environments/production/promotions', request('promote')),
      await pipeline.post(`${change}/validation`, request('validateCandidate')),
      await pipeline.post(`${change}/switch`, request('switchTraffic')),
      await pipeline.post(`${change}/abandonment`, request('abandonPromotion')),
      await pipeline.post('/v1/environments/production/rollbacks', request('rollBack')),
      await pipeline.post('/v1/environments/production/retirements', request('retire')),
    ];
    expect(decided.filter(({ status }) => status === 400 || status >= 500).map(({ text }) => text)).toEqual([]);
    const revoked = await admin.post(`${artifact}/revocation`, request('revokeArtifact'));
    expect(revoked.status).toBe(201);
    const imported = await admin.import([JSON.parse(request('importCommands') as string)]);
    expect(imported).toMatchObject([{ line: 1 }]);
    expect(imported[0]?.['status']).not.toBe('invalid');
  });
});
