import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { envelopeOf } from '../../test/support/envelope.js';
import { startSigstoreInstance } from '../../test/support/sigstore-instance.js';
import { drive, summary } from '../support/drive.js';
import { prepareProduct, remove, startProduct, temporaryFolder, timeCommand } from '../support/process.js';
import { median, rate } from '../support/stats.js';
import { PIPELINE, randomFrom } from '../support/workload.js';

const BARE = fileURLToPath(new URL('../bare/verify.js', import.meta.url));
const LEVELS = ['token', 'signed', 'keyless'];
/** What of a bare loop's rate is wanted: a bake that is only told has nothing to verify, and no target. */
const TARGETS = { keyless: 0.5 };
const SOURCE = { repository: 'https://git.example.org/bench', commit: 'c0ffee1d2c3b4a5968778695a4b3c2d1e0f10203' };
const IDENTITY = { san: 'https://git.example.org/bench/release.yml@refs/heads/main', issuer: 'https://ci.example.org' };

/** One bake a request, 32 connections, with each level of proof, beside the same proofs verified in a loop, in turns. */
export async function proofs({ quick, rounds }) {
  const counts = quick ? { warmUp: 160, requests: 480 } : { warmUp: 320, requests: 1_600 };
  const folder = temporaryFolder();
  try {
    const signers = await signersIn(folder);
    const runs = Object.fromEntries(LEVELS.map((level) => [level, { product: [], bare: [] }]));
    for (let round = 1; round <= rounds; round++) {
      for (const level of LEVELS) {
        const bakes = await writeBakes({ folder, level, round, count: counts.warmUp + counts.requests, signers });
        runs[level].product.push(await onProduct({ ...counts, bakes, signers }));
        runs[level].bare.push(await bareLoop({ folder, level, bakes, signers }));
      }
    }
    return LEVELS.map((level) => rowOf(level, runs[level]));
  } finally {
    remove(folder);
  }
}

function rowOf(level, { product, bare }) {
  const [{ perSecond, text }, bareRate] = [summary(product), median(bare)];
  return {
    name: `bakes with the proof ${level}, against a bare loop of the verifications`,
    product: text,
    other: rate(bareRate),
    ratio: perSecond / bareRate,
    bound: 'at-least',
    target: TARGETS[level],
  };
}

async function signersIn(folder) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const sigstore = await startSigstoreInstance();
  const rootFile = join(folder, 'trusted_root.json');
  writeFileSync(rootFile, sigstore.trustedRoot);
  return { sigstore, rootFile, privateKey, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** Bodies of bakes, each of bytes of its own, a line each. */
async function writeBakes({ folder, level, round, count, signers }) {
  const random = randomFrom(round * 10 + LEVELS.indexOf(level));
  const lines = [];
  for (let n = 0; n < count; n++) {
    const hex = Array.from({ length: 8 }, () => random().toString(16).padStart(8, '0')).join('');
    const provenance = await proofOf(level, statementOf(hex), signers);
    lines.push(JSON.stringify({ ...bakeOf(hex, n), ...(provenance && { provenance }) }));
  }
  const file = join(folder, `${level}.ndjson`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const bakeOf = (hex, n) => ({
  ...{ digest: `sha256:${hex}`, component: 'bench-api', version: `1.0.${n}`, kind: 'container-image' },
  ...{ layer: 'application', source: SOURCE, run: { id: String(n) } },
});

const statementOf = (sha256) => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'bench-api', digest: { sha256 } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      resolvedDependencies: [{ uri: `git+${SOURCE.repository}`, digest: { gitCommit: SOURCE.commit } }],
    },
    runDetails: { builder: { id: 'https://ci.example.org' } },
  },
});

function proofOf(level, statement, { sigstore, privateKey }) {
  if (level === 'token') return undefined;
  return level === 'keyless' ? sigstore.sign(statement, IDENTITY) : envelopeOf(statement, privateKey);
}

async function onProduct({ bakes, signers, ...load }) {
  const folder = temporaryFolder();
  const server = await startProduct(folder, { settings: { CAIRN_TRUSTED_ROOTS: signers.rootFile } });
  try {
    const token = await prepareProduct(server);
    const registration = { name: 'Bench', mayBake: ['*'], mayPromoteTo: ['*'], identities: [IDENTITY] };
    await server.call('PUT', `/v1/pipelines/${PIPELINE}`, registration);
    await server.call('POST', `/v1/pipelines/${PIPELINE}/keys`, { publicKey: signers.publicKey });
    const result = await drive({ ...load, port: server.port, token, bakes });
    if (result.wrong > 0) throw new Error(`${result.wrong} wrong answers, such as ${result.sample}`);
    return result;
  } finally {
    await server.stop();
    remove(folder);
  }
}

async function bareLoop({ folder, level, bakes, signers }) {
  const task = { level, bakes, key: signers.publicKey, trustedRoot: signers.sigstore.trustedRoot };
  const file = join(folder, 'bare.json');
  writeFileSync(file, JSON.stringify(task));
  const { output } = await timeCommand([BARE, file]);
  return JSON.parse(output).perSecond;
}
