import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makePackage, zipped } from '../../contract/verify/evidence.js';
import { makeSealedFolder, tamper, type Sealed } from '../../contract/verify/sealed-folder.js';
import { ADMIN_TOKEN, cairn, hasControlCharacters, serve, stop, temporaryFolder } from './cairn.js';

const PAGE = fileURLToPath(new URL('../../../docs/tamper-evidence.md', import.meta.url));

const folder = temporaryFolder();
const data = join(folder.path, 'data');
const altered = join(folder.path, 'altered');
const evidence = join(folder.path, 'evidence.zip');
const made = makePackage();
let sealed: Sealed;
beforeAll(async () => {
  for (const path of [data, altered]) mkdirSync(path);
  sealed = await makeSealedFolder(data);
  await makeSealedFolder(altered);
  tamper(join(altered, 'ledger.db'), (db) => db.exec(`UPDATE events SET actor = 'somebody' WHERE position = 57`));
  writeFileSync(evidence, zipped(made.members));
  writeFileSync(join(folder.path, 'kept.txt'), sealed.kept);
});
afterAll(() => folder.remove());

/** What is another one each time it is run, as the page has it. */
const asOnThePage = (text: string): string =>
  text
    .replaceAll(folder.path, '')
    .replaceAll(/[0-9a-f]{64}/g, '6f1c…')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '0199…')
    .replaceAll(/(example\.org\/verified)\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+/g, '$1+5d2a…');

/** The blocks of plain text below the heading "Checking". */
function examples(): string[] {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split('## Checking\n');
  return [...section.matchAll(/```text\n(.*?)```/gs)].map(([, text = '']) => text);
}

describe('cairn verify', () => {
  it('says of a folder what the page shows, right and wrong', async () => {
    const right = await cairn(['verify', '--data', data]);
    const wrong = await cairn(['verify', '--data', altered]);
    expect([right.code, wrong.code]).toEqual([0, 1]);
    expect(hasControlCharacters(right.stdout + wrong.stdout)).toBe(false);
    expect([right, wrong].map(({ stdout }) => asOnThePage(stdout))).toEqual(examples());
  });

  it('takes whom to trust, an earlier checkpoint and witnesses', async () => {
    const trust = ['--key', sealed.first.verifier.text, '--checkpoint', join(folder.path, 'kept.txt')];
    const right = await cairn(['verify', '--data', data, ...trust, '--witness', sealed.witness, '--json']);
    expect(JSON.parse(right.stdout)).toMatchObject({ result: 'right', events: 302, isTrustGiven: true });
    expect(right.code).toBe(0);
    const other = made.keys[0] ?? '';
    expect(await cairn(['verify', '--data', data, '--key', other])).toMatchObject({ code: 1 });
  });

  it('gives the first event that is wrong to programs', async () => {
    const { stdout, code } = await cairn(['verify', '--data', altered, '--no-snapshots', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      result: 'wrong',
      firstWrong: { check: 'leaves', code: 'altered-event', position: 57 },
    });
    expect(code).toBe(1);
  });

  it('verifies a package without anything else', async () => {
    const { stdout, code } = await cairn(['verify', evidence, '--key', made.keys[0] ?? '']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('each of its 5 events is in the log of 40')]);
  });

  it.each([
    [['verify', 'none.zip'], 66],
    [['verify', PAGE], 66],
    [['verify', '--data', 'none'], 66],
    [['verify', '--key', 'none'], 2],
    [['verify', '--quorum', '1'], 2],
    [['verify', 'a.zip', '--data', 'b'], 2],
    [['verify', 'a.zip', '--cross-check'], 2],
  ])('%j ends with %i', async (args, code) => expect(await cairn(args)).toMatchObject({ code, stdout: '' }));

  it('verifies the folder of a server that runs', async () => {
    const live = join(folder.path, 'live');
    const server = await serve(live);
    try {
      const answer = await fetch(`${server.url}/v1/environments`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'dev', tier: 'development' }),
      });
      expect(answer.status).toBe(201);
      expect(await cairn(['verify', '--data', live])).toMatchObject({ code: 0 });
    } finally {
      await stop(server);
    }
    const { stdout, code } = await cairn(['verify', '--data', live, '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { result: 'right', events: 2, sealed: 2 }]);
  });
});
