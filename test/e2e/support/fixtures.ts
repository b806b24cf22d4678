import { createHash } from 'node:crypto';
import type { Api, TestServer } from './server.js';

/** A digest that follows from a text. */
export const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export const bakeOf = (digest: string, component = 'shop-api', more: Record<string, unknown> = {}) => ({
  digest,
  component,
  version: '1.0.0',
  kind: 'container-image',
  layer: 'application',
  source: { repository: 'https://git.example/shop', commit: 'abc1234' },
  run: { id: '17' },
  ...more,
});

export const promotionOf = (digest: string, more: Record<string, unknown> = {}) => ({
  digest,
  strategy: 'all-at-once',
  change: { type: 'normal', reason: 'a new version' },
  ...more,
});

export interface Shop {
  readonly pipeline: Api & { token: string };
  readonly approver: Api & { token: string };
  readonly auditor: Api & { token: string };
}

/** One pipeline that may do everything, and `dev` → `staging` → `production`. */
export async function setUpShop(server: TestServer): Promise<Shop> {
  const { admin } = server;
  const everything = { id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'] };
  const environments = [
    { name: 'dev', tier: 'development' },
    { name: 'staging', tier: 'staging', promotesFrom: 'dev' },
    { name: 'production', tier: 'production', promotesFrom: 'staging' },
  ];
  const answers = [await admin.post('/v1/pipelines', everything)];
  for (const environment of environments) answers.push(await admin.post('/v1/environments', environment));
  const failed = answers.find(({ status }) => status !== 201);
  if (failed) throw new Error(failed.text);
  return {
    pipeline: await server.as('pipeline', 'shop'),
    approver: await server.as('approver'),
    auditor: await server.as('auditor'),
  };
}
