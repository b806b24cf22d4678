import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { STORY } from '../../../src/cli/demo/story.js';
import { cairn, hasControlCharacters, startCairn, stop, temporaryFolder } from './cairn.js';

const run = promisify(execFile);

/** Sends what a shell would hand to curl, since not every machine that runs the tests has it; answers what came. */
async function sendAsCurl(command: string): Promise<{ file: string | undefined; text: string }> {
  const { stdout } = await run('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`]);
  const words = stdout.split('\0').slice(0, -1);
  const after = (option: string) => words.flatMap((word, index) => (words[index - 1] === option ? [word] : []));
  const headers = after('-H').map((header) => header.split(': ') as [string, string]);
  const [method = 'GET'] = after('-X');
  const [body] = after('-d');
  const response = await fetch(words.at(-1) ?? '', { method, headers, ...(body !== undefined && { body }) });
  const [file] = after('-o');
  return { file, text: await response.text() };
}
const jsonOf = ({ text = '' }: { text?: string } = {}) => JSON.parse(text) as Record<string, unknown>;
const leftOver = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('cairn-demo-'));

describe('cairn demo', () => {
  it('--exit tells the month, its known-good states and its refusals, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await cairn(['demo', '--exit'], { TMPDIR: folder.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const steps = stdout.split('\n').filter((line) => /^ {2}\w{3} \d\d \w{3} \d\d:\d\d {2}\S+ +[✓✗!] /.test(line));
    expect(steps).toHaveLength(STORY.length);
    const refused = STORY.filter((step) => step.refused !== undefined);
    expect(steps.filter((line) => line.includes(' ✗ '))).toHaveLength(refused.length);
    for (const { refused: reason } of refused) expect(stdout).toContain(`${reason}: `);
    expect(sectionOf(stdout, 'Known-good in production, now')).toMatch(/storefront +5\.4\.1/);
    expect(sectionOf(stdout, 'Known-good in production, two weeks ago')).toMatch(/settlement-worker +0\.10\.0/);
    expect(sectionOf(stdout, 'What changed between')).toMatch(/orders-api +2\.4\.1 +→ +2\.5\.0/);
    expect(stdout).toContain(`the reason (${refused.length})`);
    const report = sectionOf(stdout, 'The advisory board’s report of the month').trim().split('\n').slice(1);
    expect(report).toHaveLength(5);
    expect(report[3]).toMatch(/^ {2}Change fail rate +2 of 10 \(20\.0 %\)$/);
    expect(hasControlCharacters(stdout)).toBe(false);
    expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([]);
    expect(leftOver(folder.path)).toEqual([]);
    folder.remove();
  });

  it('leaves a server running to try, whose commands work as they stand, until it is stopped', async () => {
    const folder = temporaryFolder();
    const demo = startCairn(['demo', '--port', '0'], { TMPDIR: folder.path });
    await demo.until(/Ctrl-C stops it/);
    const curls = await curlCommandsOf(demo);
    expect(curls).toHaveLength(5);
    const [knownGood, changes, report, dossier, refusal] = await Promise.all(curls.map(sendAsCurl));
    expect(jsonOf(knownGood)['services']).toHaveLength(3);
    expect(changes?.text).toContain('"refused"');
    expect(report).toMatchObject({
      file: 'report.html',
      text: expect.stringMatching(/^<!DOCTYPE html>.*Change fail/s),
    });
    expect(dossier).toMatchObject({ file: 'change.html', text: expect.stringMatching(/^<!DOCTYPE html>.*0\.10\.2/s) });
    expect(jsonOf(refusal)).toMatchObject({ reason: 'artifact-unknown', hint: expect.any(String) as unknown });
    expect(leftOver(folder.path)).toHaveLength(1);
    expect(await stop(demo)).toMatchObject({ code: 0, signal: null });
    expect(leftOver(folder.path)).toEqual([]);
    folder.remove();
  });

  it('keeps a folder that was named, and does not tell its story into a ledger that is there', async () => {
    const folder = temporaryFolder();
    const data = join(folder.path, 'kept');
    expect((await cairn(['demo', '--exit', '--data', data])).code).toBe(0);
    expect(existsSync(join(data, 'ledger.db'))).toBe(true);
    const again = await cairn(['demo', '--exit', '--data', data]);
    expect(again.code).toBe(EXIT_CODES.usage);
    expect(again.stderr).toContain('holds a ledger already');
    folder.remove();
  });
});

const sectionOf = (stdout: string, heading: string): string => stdout.split(`\n${heading}`)[1]?.split('\n\n')[0] ?? '';

async function curlCommandsOf(demo: ReturnType<typeof startCairn>): Promise<string[]> {
  const [text] = await demo.until(/with a token that may read[^]*Ctrl-C stops it/);
  return [...text.matchAll(/^ {2}curl (?:.*\\\n)*.*$/gm)].map(([command]) => command);
}
