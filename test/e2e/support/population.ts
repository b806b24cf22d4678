import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from './fixtures.js';
import type { TestServer } from './server.js';

/** Texts that do something where they are not kept from it. */
export const HOSTILE = [
  '=1+1',
  '+cmd|calc!A0',
  '-2+3',
  '@SUM(A1)',
  '＝HYPERLINK("http://evil.example")',
  '\t=1+1',
  ' =1+1',
  '<script>alert(1)</script>&amp;',
  '\u202Etxt.exe',
  'line\nbreak, "quoted"; =1',
  '👩🏽‍🚀 שלום مرحبا',
  `long ${'x'.repeat(1_990)}`,
];

export interface Told {
  readonly shop: Shop;
  /** Position of the last event. */
  readonly last: number;
}

/** Changes of every outcome and kind, by two pipelines and a person, over three environments, with hostile texts. */
export async function tellPopulation(server: TestServer, rounds = 24): Promise<Told> {
  const shop = await setUpShop(server);
  await server.admin.post('/v1/pipelines', { id: 'other', name: 'Other', mayBake: ['*'], mayPromoteTo: ['dev'] });
  const other = await server.as('pipeline', 'other');
  let last = 0;
  const told = async (answer: Promise<{ status: number; text: string; body: Record<string, unknown> }>) => {
    const { status, text, body } = await answer;
    if (status >= 500 || status === 400) throw new Error(text);
    last = Math.max(
      last,
      Number(body['position'] ?? (body['receipt'] as { position?: number } | undefined)?.position ?? 0),
    );
    return body as { changeId: string };
  };
  const post = (path: string, body: object, api = shop.pipeline) => told(api.post(`/v1/environments/${path}`, body));
  for (let round = 0; round < rounds; round++) {
    const component = `service-${round % 3}`;
    const digest = digestOf(`build ${round}`);
    const text = HOSTILE[round % HOSTILE.length] ?? '';
    const layer = round % 5 === 0 ? 'os' : 'application';
    // Notes keep line ends and tabs; versions and tickets are one line.
    const label = text.replaceAll(/[\n\t]/g, ' ').slice(0, 60);
    await told(
      shop.pipeline.post('/v1/artifacts', bakeOf(digest, component, { layer, version: `v${round} ${label}` })),
    );
    const occurredAt = new Date(Date.UTC(2026, 0, 1 + round)).toISOString();
    const type = round % 4 === 0 ? 'emergency' : 'normal';
    const change = { type, reason: text, ticket: `T-${round % 6} ${label}` };
    await post('dev/promotions', promotionOf(digest, { change, occurredAt }), round % 2 === 0 ? other : shop.pipeline);
    await post('production/promotions', promotionOf(digestOf(`nobody’s ${round}`), { change }));
    // What stays open has a service of its own, which nothing waits for.
    const isLeftOpen = round % 6 === 5;
    const blueGreen = { change, strategy: 'blue-green', ...(isLeftOpen && { service: `open-${round}` }) };
    const { changeId } = await post('staging/promotions', promotionOf(digest, blueGreen));
    const at = `staging/promotions/${changeId}`;
    if (isLeftOpen) continue;
    if (round % 6 === 4) await post(`${at}/abandonment`, { reason: 'no' });
    else await post(`${at}/validation`, { result: round % 6 === 3 ? 'failed' : 'passed' });
    if (round % 6 < 3) await post(`${at}/switch`, {});
    if (round % 6 === 2) await post('staging/rollbacks', { service: component, reason: text }, shop.approver);
  }
  return { shop, last };
}
