import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/server.js';
import { LedgerClient, type LineAnswer } from './client.js';
import { answersByRow, expectSame, refusalsOf, scriptOf } from './comparison.js';
import { describeCounts, describeWithData, isFull, readRows, say, tally } from './dataset.js';
import { changesOf, GOVUK_FILE, GOVUK_STAGES, leftOut, linesOf, PIPELINE, type GovukRow } from './govuk.js';
import { PAIRS, type Pair } from './pairs.js';
import { bodyOf, registration } from './stand-ins.js';
import { StraightLine, type Expected, type Row } from './straight-line.js';

const QUICK_ROWS = 6_000;
/** The stand-in of KurrentDB is asked event by event. */
const QUICK_ROWS_AT_SERVER = 800;
/** So many rows at the end go one a request, like from a pipeline, instead of through an import. */
const SINGLE_ROWS = 200;
const MOMENTS = 10;
const STAGES = Object.keys(GOVUK_STAGES);
const MINUTES = 60_000;

interface Moment {
  readonly row: number;
  readonly time: string;
  /** What is live by then: of the rows up to this one, and of all that say they happened by its time. */
  readonly upToRow: Record<string, Expected>;
  readonly upToTime: Record<string, Expected>;
}

describeWithData(GOVUK_FILE, 'replay of GOV.UK’s image tags', () => {
  for (const pair of PAIRS) pair.describe(pair.name, () => replayOn(pair));
});

function replayOn(pair: Pair): void {
  const file = readRows<GovukRow>(GOVUK_FILE);
  const considered = isFull ? file : file.slice(0, pair.isEmbedded ? QUICK_ROWS : QUICK_ROWS_AT_SERVER);
  const rows = changesOf(considered.filter((row) => leftOut(row) === undefined));
  const expected = workOut(rows);
  let places: Awaited<ReturnType<Pair['open']>>;
  let server: TestServer;
  let client: LedgerClient;
  let answers: LineAnswer[];
  let changeIds: (string | undefined)[];

  beforeAll(async () => {
    places = await pair.open();
    server = await startTestServer(undefined, places.settings);
    client = new LedgerClient({ url: server.url, token: server.adminToken });
    const startedAt = Date.now();
    await prepare(client, rows[0]?.time ?? '');
    const bulk = rows.slice(0, -SINGLE_ROWS);
    const script = scriptOf(bulk, linesOf);
    const lineAnswers = await client.import(script.lines);
    const lost = lineAnswers.filter(
      (answer, index) => script.lines[index]?.command === 'bake' && answer.status !== 'accepted',
    );
    expect(lost).toEqual([]);
    const importedMs = Date.now() - startedAt;
    const { token } = await server.as('pipeline', PIPELINE);
    answers = [
      ...answersByRow(script, lineAnswers),
      ...(await sendOneByOne(client.as(token), rows.slice(-SINGLE_ROWS))),
    ];
    changeIds = answers.map(({ eventId }) => eventId);
    await client.untilSeen(Math.max(...answers.map(({ position }) => position ?? -1)));
    report(pair, considered, answers, { lines: lineAnswers.length, importedMs, totalMs: Date.now() - startedAt });
  }, 60 * MINUTES);

  afterAll(async () => {
    await server.stop();
    await places.close();
  });

  it('refuses exactly the rows that the stages forbid, each for its reason', () => {
    expect(answers.map(({ status, reason }) => (status === 'accepted' ? undefined : `${status} ${reason}`))).toEqual(
      expected.refusals.map((reason) => reason && `refused ${reason}`),
    );
  });

  it('lists the same refusals in the population of changes', async () => {
    const wanted = expected.refusals.flatMap((reason, row) => (reason ? [[changeIds[row], reason] as const] : []));
    expect(await refusalsOf(client)).toEqual(new Map(wanted));
  });

  it.each(STAGES)('ends with the known-good state of %s that the accepted rows say', async (stage) => {
    const end = expected.end[stage];
    expect(end?.live.size).toBeGreaterThan(0);
    expectSame(await client.knownGood(stage), end as Expected, changeIds);
  });

  it('answers ten moments by the pipelines’ clocks', async () => {
    for (const { time, upToTime } of expected.moments) {
      for (const stage of STAGES) {
        expectSame(await client.knownGood(stage, { occurredBy: time }), upToTime[stage] as Expected, changeIds);
      }
    }
  });

  it('answers ten moments by position', async () => {
    for (const { row, upToRow } of expected.moments) {
      const asOf = answers[row]?.position ?? -1;
      for (const stage of STAGES) {
        const actual = await client.knownGood(stage, { asOf });
        expect(actual.position).toBe(asOf);
        expectSame(actual, upToRow[stage] as Expected, changeIds);
      }
    }
  });
}

/** The second opinion on every row, and what is live at ten moments and in the end. */
function workOut(rows: readonly Row[]) {
  const line = new StraightLine(GOVUK_STAGES);
  const states = () => Object.fromEntries(STAGES.map((stage) => [stage, line.state(stage)]));
  const chosen = new Set(
    Array.from({ length: MOMENTS }, (_, n) => Math.floor(((n + 1) * rows.length) / (MOMENTS + 1))),
  );
  const refusals: (string | undefined)[] = [];
  const atRow: Omit<Moment, 'upToTime'>[] = [];
  const moments: Moment[] = [];
  rows.forEach((row, index) => {
    refusals.push(line.next(row));
    if (chosen.has(index)) atRow.push({ row: index, time: row.time, upToRow: states() });
    // Rows of one second belong to the same moment by the pipelines' clocks.
    const waiting = atRow[moments.length];
    if (waiting && rows[index + 1]?.time !== waiting.time) moments.push({ ...waiting, upToTime: states() });
  });
  expect(moments).toHaveLength(MOMENTS);
  return { refusals, moments, end: states() };
}

async function prepare(client: LedgerClient, firstTime: string): Promise<void> {
  const occurredAt = firstTime;
  const answers = await client.import([
    { ...registration(PIPELINE), occurredAt },
    ...Object.entries(GOVUK_STAGES).map(([name, promotesFrom]) => ({
      command: 'define-environment',
      name,
      tier: name === 'integration' ? 'test' : name,
      ...(promotesFrom && { promotesFrom }),
      occurredAt,
    })),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 'accepted'));
}

/** The same changes as a pipeline sends them; answers come in the form of an import's. */
async function sendOneByOne(client: LedgerClient, rows: readonly Row[]): Promise<LineAnswer[]> {
  const answers: LineAnswer[] = [];
  for (const row of rows) {
    const [change, bake] = linesOf(row).reverse();
    if (!change) throw new Error('a row is at least one line');
    if (bake) expect((await client.request('POST', '/v1/artifacts', bodyOf(bake))).status).toBe(201);
    const route = change.command === 'retire' ? 'retirements' : 'promotions';
    const answer = await client.request('POST', `/v1/environments/${row.environment}/${route}`, bodyOf(change));
    answers.push(asLineAnswer(answer));
  }
  return answers;
}

function asLineAnswer({ status, body }: { status: number; body: unknown }): LineAnswer {
  const { receipt, ...rest } = body as Record<string, unknown>;
  const answer = { line: 0, ...rest, ...(receipt as object) } as unknown as LineAnswer;
  if (status < 300) return { ...answer, status: 'accepted' };
  expect([403, 404, 409, 422]).toContain(status);
  return { ...answer, status: 'refused' };
}

function report(
  { name }: Pair,
  considered: readonly GovukRow[],
  answers: readonly LineAnswer[],
  { lines, importedMs, totalMs }: { lines: number; importedMs: number; totalMs: number },
): void {
  const reasons = tally(considered.flatMap((row) => leftOut(row) ?? []));
  const refused = tally(answers.flatMap(({ status, reason }) => (status === 'refused' ? (reason ?? '?') : [])));
  const accepted = answers.filter(({ status }) => status === 'accepted').length;
  say(
    `GOV.UK, ${name}: ${considered.length} rows; left out: ${describeCounts(reasons)}; changes ${answers.length}: accepted ` +
      `${accepted}, refused: ${describeCounts(refused)}; ${lines} lines imported in ${importedMs} ms, ` +
      `all seen after ${totalMs} ms`,
  );
}
