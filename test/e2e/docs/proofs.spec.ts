import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { signStatement } from '../../../src/provenance/sign.js';
import { temporaryFolder } from '../cli/cairn.js';

const run = promisify(execFile);
const folder = temporaryFolder();
afterAll(() => folder.remove());

const page = readFileSync(fileURLToPath(new URL('../../../docs/provenance.md', import.meta.url)), 'utf8');
const [, section = ''] = page.split('## Checking it again, without Cairn');
const lines = (/```sh\n(.*?)```/s.exec(section)?.[1] ?? '').trim().split('\n');
const unpack = lines.slice(2, -2);
const [ed25519 = '', ecdsa = ''] = lines.slice(-2);
/** Not every machine that runs this has jq. */
const JQ = `jq() { node -p "JSON.parse(fs.readFileSync('$3'))$2"; }`;

/** Whether the page's commands take the proof by the key that signed as one by this key. */
async function holds(verify: string, signer: KeyObject, publicKey: KeyObject): Promise<boolean> {
  const artifact = { algorithm: 'sha256' as const, hex: 'ab'.repeat(32) };
  const envelope = signStatement({ artifact, predicateType: 'https://example.org/type', predicate: {} }, signer);
  writeFileSync(join(folder.path, 'proof.json'), JSON.stringify(envelope));
  writeFileSync(join(folder.path, 'shop.pem.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const script = [JQ, ...unpack, verify].join('\n');
  try {
    await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder.path });
    return true;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    expect(`${stdout}${stderr}`).toMatch(/verification failure/i);
    return false;
  }
}

describe('a proof is checked without Cairn, as docs/provenance.md says', () => {
  it('by an Ed25519 key', async () => {
    const [signer, other] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
    expect(await holds(ed25519, signer.privateKey, signer.publicKey)).toBe(true);
    expect(await holds(ed25519, signer.privateKey, other.publicKey)).toBe(false);
  });

  it('by an ECDSA key', async () => {
    const make = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [signer, other] = [make(), make()];
    expect(await holds(ecdsa, signer.privateKey, signer.publicKey)).toBe(true);
    expect(await holds(ecdsa, signer.privateKey, other.publicKey)).toBe(false);
  });
});
