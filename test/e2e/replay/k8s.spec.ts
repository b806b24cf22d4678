import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/server.js';
import { LedgerClient, type LineAnswer } from './client.js';
import { answersByRow, expectSame, refusalsOf, scriptOf, type Script } from './comparison.js';
import { describeCounts, describeWithData, isFull, readRows, say, tally } from './dataset.js';
import {
  asBaked,
  isMalformed,
  PROMOTER,
  registryChanges,
  registryLines,
  REGISTRY,
  REGISTRY_FILE,
  type RegistryRow,
} from './k8s.js';
import { bodyOf, registration, type ImportLine } from './stand-ins.js';
import { StraightLine } from './straight-line.js';

/** The first malformed digest, its removal, and tags that moved are among these. */
const QUICK_ROWS = 3_000;
const MINUTES = 60_000;

describeWithData(REGISTRY_FILE, 'replay of the Kubernetes registry’s promotions', () => {
  const file = readRows<RegistryRow>(REGISTRY_FILE);
  const rows = registryChanges(isFull ? file : file.slice(0, QUICK_ROWS));
  const wellFormed = new StraightLine({ [REGISTRY]: undefined });
  const expected = asBaked(rows).map((row) => (isMalformed(row) ? skipRow(wellFormed, row) : wellFormed.next(row)));
  let server: TestServer;
  let client: LedgerClient;
  let script: Script;
  let lineAnswers: LineAnswer[];
  let answers: LineAnswer[];

  beforeAll(async () => {
    server = await startTestServer();
    client = new LedgerClient({ url: server.url, token: server.adminToken });
    const occurredAt = rows[0]?.time;
    await client.import([
      { ...registration(PROMOTER), occurredAt },
      { command: 'define-environment', name: REGISTRY, tier: 'production', occurredAt },
    ]);
    const startedAt = Date.now();
    script = scriptOf(rows, registryLines);
    lineAnswers = await client.import(script.lines);
    answers = answersByRow(script, lineAnswers);
    await client.untilSeen(Math.max(...answers.map(({ position }) => position ?? -1)));
    const outcomes = tally(answers.map(({ status, reason }) => (reason ? `${status} (${reason})` : status)));
    say(`Kubernetes registry: ${rows.length} rows: ${describeCounts(outcomes)}; ${Date.now() - startedAt} ms`);
  }, 20 * MINUTES);

  afterAll(() => server.stop());

  it('takes every row but the malformed digests, which it answers as invalid with the field at fault', () => {
    const invalid = lineAnswers.flatMap((answer, index) => (answer.status === 'invalid' ? [index] : []));
    const malformed = script.lines.flatMap(({ digest }, index) =>
      typeof digest === 'string' && !/^sha256:[0-9a-f]{64}$/.test(digest) ? [index] : [],
    );
    expect(malformed.length).toBeGreaterThan(0);
    expect(invalid).toEqual(malformed);
    for (const index of invalid) expect(JSON.stringify(lineAnswers[index])).toContain('digest');
  });

  it('says 400 to a malformed digest that comes in a request of its own', async () => {
    const bake = script.lines.find(({ command, digest }) => command === 'bake' && String(digest).length !== 71);
    expect(bake).toBeDefined();
    const { token } = await server.as('pipeline', PROMOTER);
    const { status, body } = await client.as(token).request('POST', '/v1/artifacts', bodyOf(bake as ImportLine));
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('digest');
  });

  it('refuses only the retirement of what was never taken', async () => {
    expect(answers.map(({ status, reason }) => (status === 'refused' ? reason : undefined))).toEqual(
      expected.map((reason, row) => (isMalformed(rows[row] as (typeof rows)[number]) ? undefined : reason)),
    );
    const wanted = answers
      .filter(({ status }) => status === 'refused')
      .map(({ eventId, reason }) => [eventId, reason] as const);
    expect(await refusalsOf(client)).toEqual(new Map(wanted as [string, string][]));
  });

  it('ends with the live set of the straight-line calculation', async () => {
    const end = wellFormed.state(REGISTRY);
    expect(end.live.size).toBeGreaterThan(1_000);
    expectSame(
      await client.knownGood(REGISTRY),
      end,
      answers.map(({ eventId }) => eventId),
    );
  });
});

/** A row that no ledger can take still counts as a row. */
function skipRow(
  line: StraightLine,
  { time, environment, service }: { time: string; environment: string; service: string },
) {
  const before = line.state(environment);
  const reason = line.next({ time, environment, service: `malformed ${service}`, bakes: false });
  expect(line.state(environment)).toEqual(before);
  return reason;
}
