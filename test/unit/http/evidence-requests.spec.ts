import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { EvidenceRequests } from '../../../src/http/exports/evidence-requests.js';
import type { ExportRequests } from '../../../src/http/exports/requests.js';
import { UNSEALED, type SealedLedger } from '../../../src/ledger/sealed-ledger.js';
import { LEAVES_MAX } from '../../../src/reports/evidence/gather.js';
import type { Workshop } from '../../../src/reports/workshop/workshop.js';

/** Requests at position 7, of which the workshop counts so many leaves. */
function requestsOf({ leaves = 1, ledger = UNSEALED }: { leaves?: number; ledger?: SealedLedger }): EvidenceRequests {
  const requests = {
    begin: (...[, , , check]: Parameters<ExportRequests['begin']>) => check(7).then(() => 'begun'),
  } as unknown as ExportRequests;
  const workshop = { run: () => Promise.resolve({ leaves, unknown: [] }) } as unknown as Workshop;
  return new EvidenceRequests(requests, workshop, ledger);
}
const REQUEST = {} as FastifyRequest;

describe('a request of an evidence package', () => {
  const sealed: SealedLedger = { ...UNSEALED, waitFor: (position) => Promise.resolve(position === 7) };

  it('begins under a checkpoint that covers its position', async () => {
    expect(await requestsOf({ ledger: sealed, leaves: LEAVES_MAX }).start({}, REQUEST)).toBe('begun');
  });

  it('is told to come again where there is none in time, and why', async () => {
    const status = () => ({ state: 'waiting', detail: 'a witness is away.' }) as const;
    await expect(requestsOf({ ledger: { ...UNSEALED, status } }).start({}, REQUEST)).rejects.toMatchObject({
      body: { status: 503, detail: expect.stringMatching(/waiting: a witness is away\.$/) as unknown },
      headers: { 'retry-after': '1' },
    });
  });

  it.each([
    [{ environment: ['production'] }, 'environment'],
    [{}, 'from'],
    [{ environment: ['production'], completeness: 'range' as const }, 'completeness'],
  ])('of too much is told how to ask for less: %j', async (body, field) => {
    const asked = requestsOf({ ledger: sealed, leaves: LEAVES_MAX + 1 }).start(body, REQUEST);
    const detail = expect.stringMatching(/at most 100,000 leaves.*from and to/) as unknown;
    await expect(asked).rejects.toMatchObject({ body: { status: 400, errors: [{ field, detail }] } });
  });
});
