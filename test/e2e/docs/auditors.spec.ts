import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { digestOf } from '../../../src/cli/demo/artifacts.js';
import { verifyConsistency } from '../../../src/ledger/merkle/verify.js';
import { openCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { parseVerifierKey, type Verifier } from '../../../src/ledger/note/keys.js';
import { openReceipt } from '../ledger/log-client.js';
import { cairn } from '../cli/cairn.js';
import { commandsOf, PAGE, run, sections, sha256, startMonth, type Json, type Listed, type Month } from './month.js';
import { QUESTIONS } from './questions.js';

interface Consistency {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: string;
  readonly toRoot: string;
  readonly hashes: readonly string[];
}

/** As the operator hands it over, and not from where the proofs are. */
async function verifierKeyOf({ adminSettings }: Month): Promise<{ verifierKey: Verifier; origin: string }> {
  const verifierKey = parseVerifierKey((await cairn(['key', 'show'], adminSettings)).stdout.trimEnd());
  return { verifierKey, origin: verifierKey.name };
}

describe('the questions of docs/auditors.md', () => {
  it.each(QUESTIONS)('has "$question" with its controls', ({ question, controls, gap }) => {
    const text = (sections.get(question) ?? '').replaceAll('\n', ' ');
    for (const control of controls) expect(text).toContain(control);
    const [, mark] = /_(Not recorded yet)[.:]_/.exec(text) ?? [];
    expect({ mark, hasCommand: text.includes('```sh') }).toEqual({
      mark: gap?.mark,
      hasCommand: gap?.isWhole !== true,
    });
    expect(text).not.toMatch(/\bcompliant\b/);
  });

  it('has no section beyond them but the trace', () => {
    expect([...sections.keys()]).toEqual([
      ...QUESTIONS.map(({ question }) => question),
      'Where did this commit go, and where did this digest come from?',
    ]);
  });
});

describe('the commands of docs/auditors.md, against the month of the demo', () => {
  let month: Month;
  let settings: Month['settings'];
  beforeAll(async () => {
    month = await startMonth();
    settings = month.settings;
  });
  afterAll(() => month.stop());
  const json = async <T>(question: string, place = 0): Promise<T> => JSON.parse(await month.ask(question, place)) as T;
  const list = (question: string): Promise<Listed> => json(question);
  const get = <T = Json>(path: string): Promise<T> => month.admin.expectJson<T>({ method: 'GET', path });

  it('sets what the commands use, and no more', () => {
    const [first = ''] = PAGE.split('\n## ');
    const exported = [...first.matchAll(/\b([A-Z_]+)=/g)].map(([, name]) => name);
    expect(exported.sort()).toEqual(Object.keys(settings).sort());
    const used = new Set(
      [...sections.values()].flatMap(
        (text) =>
          commandsOf(text)
            .join(' ')
            .match(/\$[A-Z_]+/g) ?? [],
      ),
    );
    expect([...used, '$CAIRN_TOKEN'].sort()).toEqual(exported.map((name) => `$${name}`));
  });

  it('answers the population, whose count and hash are those of its NDJSON export', async () => {
    const answer = await list('Every production change in the period?');
    await month.ask('Copies for people and machines?', 0, (command) =>
      command.replace('--format csv', '--format ndjson').replace('changes.csv', 'changes.ndjson'),
    );
    const file = await readFile(join(month.folder, 'changes.ndjson'));
    const rows = file.toString().trimEnd().split('\n');
    expect(answer).toMatchObject({
      window: { from: settings['FROM'], to: settings['TO'], clock: 'occurred' },
      total: rows.length,
      population: { count: rows.length, hash: sha256(file) },
    });
    expect(new Set(answer.items.map(({ outcome }) => outcome))).toEqual(
      new Set(['succeeded', 'failed', 'refused', 'rolled-back']),
    );
    const pinned = await month.ask('Every production change in the period?', 0, (command) =>
      command.replace('changes?', `changes?asOf=${answer.position}&`),
    );
    expect(JSON.parse(pinned)).toEqual(answer);
  });

  it('shows that positions are dense', async () => {
    const { total, items } = await list('Is it complete?');
    expect(items).toMatchObject([{ position: total - 1 }]);
    const all = await get<Listed>(`/events?order=asc&limit=500&asOf=${total - 1}`);
    expect(all.items.map(({ position }) => position)).toEqual(Array.from({ length: total }, (_, index) => index));
  });

  it('leads from a row to its raw events and to the run', async () => {
    const { receipts, identities } = await json<{
      receipts: { eventId: string; type: string; link: string }[];
      identities: Json;
    }>('Is it accurate?');
    expect(receipts.map(({ type }) => type)).toEqual([
      'PromotionStarted.v1',
      'CandidateValidated.v1',
      'ArtifactPromoted.v1',
    ]);
    const raw = await Promise.all(receipts.map(({ link }) => get(link.replace('/v1', ''))));
    expect(raw).toMatchObject(receipts.map(({ eventId, type }) => ({ id: eventId, type, data: expect.any(Object) })));
    expect(identities['builder']).toMatchObject({ run: { url: expect.stringContaining('/runs/') as unknown } });
  });

  it('draws a sample that can be drawn again', async () => {
    const sample = await json<Listed & { eventId: string; population: Json }>('A sample that can be drawn again?');
    expect(sample.items).toHaveLength(5);
    for (const { key, changeId } of sample.items) expect(key).toBe(sha256(`2026-Q1:${String(changeId)}`));
    const again = await get<Json>(`/samples/${sample.eventId}`);
    expect(again).toMatchObject({ items: sample.items, population: sample.population, populationMatches: true });
  });

  it('names four identities, and says which are not recorded', async () => {
    const { identities } = await json<{ identities: Json }>('Who wrote, built, approved, promoted?');
    expect(identities).toMatchObject({
      author: { subject: expect.any(String) as unknown },
      builder: { pipeline: 'settlement-ci', triggeredBy: expect.any(String) as unknown },
      approvers: { recorded: false, needs: expect.stringContaining('ChangeApproved') as unknown },
      promoter: { pipeline: 'settlement-ci' },
    });
  });

  it('makes the dossier a page to read', async () => {
    const html = await month.ask('Reason, impact, approval, tests, way back?');
    expect(html).toMatch(/^<!DOCTYPE html>.*settlement-worker 0\.10\.2 in production/s);
    for (const said of ['release 0.10.2', 'vulnerability-scan', 'Way back', 'ChangeApproved', 'Policy']) {
      expect(html).toContain(said);
    }
  });

  it('lists the attempts to skip a stage, each with its reason', async () => {
    const { total, items } = await list('Were stages skipped?');
    expect(items.map(({ outcome, reason }) => [outcome, reason]).sort()).toEqual([
      ['refused', 'soak-too-short'],
      ['refused', 'soak-too-short'],
      ['refused', 'stage-skipped'],
    ]);
    expect(total).toBe(3);
  });

  it('lists emergency changes', async () => {
    expect(await list('Emergency changes reviewed afterwards?')).toMatchObject({
      total: 1,
      items: [{ type: 'emergency', note: 'the queue is stuck' }],
    });
  });

  it('says what ran on the day, and what it deviates by', async () => {
    const state = await json<{ services: Json[] }>('What ran on a given day?');
    const live = ['orders-api 2.5.0', 'settlement-worker 0.10.2', 'storefront 5.4.1'];
    expect(state.services).toMatchObject(live.map((name) => ({ digest: digestOf(name) })));
    const { added, ...diff } = await json<{ added: Json[] }>('Deviations from the baseline?');
    expect(diff).toMatchObject({ from: { services: 0 }, to: { services: 3 }, removed: [], changed: [] });
    expect(added.map(({ digest }) => digest)).toEqual(state.services.map(({ digest }) => digest));
  });

  it('lists the fences that were loosened', async () => {
    const { items } = await list('Was a fence loosened?');
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'suspension-lifted', actor: 'admin', reason: 'credentials renewed' }),
    );
    expect(items.filter(({ kind }) => kind === 'pipeline-token-issued')).toHaveLength(4);
  });

  it('proves that the log of today begins with the one that was kept, and has the event', async () => {
    const question = 'Was the log altered?';
    const { verifierKey, origin } = await verifierKeyOf(month);
    const opened = openCheckpoint(await month.ask(question), origin, [verifierKey]);
    const { from, to, fromRoot, toRoot, hashes } = await json<Consistency>(question, 1);
    expect(from).toBe(Number(settings['SIZE']));
    expect(to).toBeGreaterThanOrEqual(Number(opened.size));
    const [oldRoot, newRoot, ...proof] = [fromRoot, toRoot, ...hashes].map((hash) => Buffer.from(hash, 'base64'));
    verifyConsistency({
      ...{ oldSize: BigInt(from), oldRoot: oldRoot as Buffer, newSize: BigInt(to), newRoot: newRoot as Buffer, proof },
    });
    const { leaf } = openReceipt(await month.ask(question, 2), {
      origin,
      keys: [{ number: 0, fromSize: 0, verifierKey: verifierKey.text }],
    });
    expect(leaf).toMatchObject({ id: settings['CHANGE'], type: 'PromotionStarted.v1' });
  });

  it('names this auditor’s own reads and what left as a file', async () => {
    await month.ask('Is it accurate?');
    const { items } = await list('Who read or exported it?');
    const path = `/v1/changes/${settings['CHANGE']}`;
    expect(items).toContainEqual(expect.objectContaining({ subject: 'ann', role: 'auditor', path, status: 200 }));
    await month.ask('A sample that can be drawn again?');
    await month.ask('Copies for people and machines?');
    const [, handedOut = ''] = /`GET \/v1(\/events\?type=EvidenceExported[^`]+)`/.exec(PAGE) ?? [];
    const left = await get<Listed>(handedOut);
    expect(new Set(left.items.map(({ actor }) => actor))).toEqual(new Set(['ann']));
    expect(new Set(left.items.map(({ type }) => type))).toEqual(new Set(['EvidenceExported.v1', 'SampleDrawn.v1']));
  });

  it('lists what administrators did', async () => {
    const { items } = await list('What did administrators do?');
    expect(new Set(items.map(({ actor }) => actor))).toEqual(new Set(['admin']));
    const types = items.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['PolicyChanged.v1', 'PipelineSuspended.v1', 'TokenIssued.v1']));
  });

  it('holds both clocks beside each other', async () => {
    const { timeline } = await json<{ timeline: { entries: Record<string, string>[] } }>('Can the clocks be trusted?');
    const entries = timeline.entries.map(({ recordedAt = '', occurredAt = '', skewMs }) => ({
      recordedAt,
      isTrue: Number(skewMs) === Date.parse(recordedAt) - Date.parse(occurredAt),
    }));
    expect(entries.every(({ isTrue }) => isTrue)).toBe(true);
    expect(entries).toEqual([...entries].sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : 0)));
  });

  it('writes copies that can be checked', async () => {
    await month.ask('Copies for people and machines?');
    const check = await run('sha256sum', ['--check', 'changes.csv.sha256'], { cwd: month.folder });
    expect(check.stdout).toBe('changes.csv: OK\n');
    await month.ask('Copies for people and machines?', 1);
    const checked = await cairn(['report', '--check', join(month.folder, 'report.pdf')], month.adminSettings);
    expect(checked).toMatchObject({ code: 0 });
    expect((await get<Listed>('/exports')).items).not.toEqual([]);
  });

  it('traces a commit forwards and a digest backwards', async () => {
    const question = 'Where did this commit go, and where did this digest come from?';
    const digest = settings['DIGEST'];
    expect(await json(question)).toMatchObject({
      artifacts: [{ digest }],
      live: ['production', 'staging', 'test', 'development'].map((environment) => ({ environment, digest })),
    });
    expect(await json(question, 1)).toMatchObject({
      source: { commit: settings['COMMIT'] },
      bases: [{ component: 'node-runtime' }, { component: 'debian-base' }],
    });
  });
});
