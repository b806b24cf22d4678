import { beforeEach, describe, expect, it } from '@jest/globals';
import { canonicalize } from 'json-canonicalize';
import { unzipSync } from 'fflate';
import { EMPTY_ROOT } from '../../../src/ledger/merkle/hash.js';
import { signCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { parseSigningKey } from '../../../src/ledger/note/keys.js';
import { Findings } from '../../../src/ledger/verify/findings.js';
import { verifyPackage } from '../../../src/ledger/verify/package/verify.js';
import { makePackage, ORIGIN, zipOf, zipped, type Members } from './evidence.js';
import { cosign } from './sealed-folder.js';

const made = makePackage();
let members: Members;
beforeEach(() => {
  members = new Map(made.members);
});

interface Trust {
  readonly trusted?: readonly string[];
  readonly kept?: string;
  readonly witnesses?: readonly string[];
}

const verify = (zip: Buffer, { trusted = [], kept, witnesses = [] }: Trust = {}) =>
  verifyPackage({
    ...{ zip, trusted, findings: new Findings(), onProgress: () => undefined },
    kept: kept === undefined ? undefined : { name: 'kept.txt', note: Buffer.from(kept) },
    quorum: { witnesses, least: witnesses.length },
  });

async function findings(zip: Buffer, trust?: Trust): Promise<string> {
  const { checks } = await verify(zip, trust);
  return checks
    .flatMap(({ findings: found }) => found)
    .map(({ check, code, position, what }) => `${check} | ${code} | ${position ?? ''} | ${what}`)
    .join('\n');
}

/** Changes a member. */
function edit(name: string, change: (text: string) => string): void {
  const [before, after] = [members.get(name) ?? '', change(members.get(name) ?? '')];
  if (before === after) throw new Error(`${name} was not changed`);
  members.set(name, after);
}

/** Changes one line of a member, 0-based. */
const editLine = (name: string, line: number, change: (text: string) => string): void =>
  edit(name, (text) =>
    text
      .split('\n')
      .map((one, index) => (index === line ? change(one) : one))
      .join('\n'),
  );

const manifest = (change: Record<string, unknown>): void =>
  edit('manifest.json', (text) => `${canonicalize({ ...(JSON.parse(text) as object), ...change })}\n`);

describe('a package', () => {
  it('is right as it was made, by either key, and of a checkpoint that was kept', async () => {
    const { keys, checkpoint } = made;
    for (const trusted of [[], ...keys.map((key) => [key])]) {
      expect(await findings(zipped(members), { trusted, kept: checkpoint })).toBe('');
    }
    expect(await verify(zipped(members))).toMatchObject({ origin: ORIGIN, keys, events: 5, erased: 1, sealed: 40 });
  });

  it.each<[what: string, change: () => void, finds: RegExp]>([
    [
      'a leaf is another one',
      () => editLine('leaves.ndjson', 1, (line) => line.replace('pipeline:', 'pipelinf:')),
      /^proofs \| invalid-proof \| 13 \| its leaf is not the one at this place/m,
    ],
    [
      'a leaf is not canonical',
      () => editLine('leaves.ndjson', 1, (line) => line.replace(',', ', ')),
      /^leaves \| altered-event \| 13 \|/m,
    ],
    [
      'a leaf has a member more',
      () => editLine('leaves.ndjson', 1, (line) => line.replace('"v":1}', '"v":1,"w":2}')),
      /^leaves \| altered-event \| 13 \|/m,
    ],
    [
      'a proof is of another place',
      () => editLine('proofs.txt', 1, (line) => line.replace(/^13 /, '12 ')),
      /^proofs \| invalid-proof \| 12 \|/m,
    ],
    [
      'a proof has another hash',
      () => editLine('proofs.txt', 1, (line) => `${line.slice(0, -1)}${line.endsWith('0') ? '1' : '0'}`),
      /^proofs \| invalid-proof \| 13 \|/m,
    ],
    [
      'a proof is too short',
      () => editLine('proofs.txt', 1, (line) => line.slice(0, -65)),
      /^proofs \| invalid-proof \| 13 \|/m,
    ],
    [
      'a proof is none',
      () => editLine('proofs.txt', 1, () => 'none'),
      /^proofs \| invalid-proof \|  \| line 2: its proof begins with no position/m,
    ],
    [
      'a text is another one',
      () => editLine('events.ndjson', 0, (line) => line.replace('größer', 'kleiner')),
      /^events \| altered-event \| 3 \| its data is not what its leaf says$/m,
    ],
    [
      'a salt is another one',
      () => editLine('events.ndjson', 0, (line) => line.replace(/"meta":"[0-9a-f]{8}/, '"meta":"00000000')),
      /^events \| altered-event \| 3 \| its meta is not what its leaf says$/m,
    ],
    [
      'a line of an event is not canonical',
      () => editLine('events.ndjson', 0, (line) => ` ${line}`),
      /^events \| malformed-event \| 3 \|/m,
    ],
    [
      'a text is neither shown nor withheld',
      () =>
        editLine('events.ndjson', 1, (line) => line.replace('"withheld":["meta","remarks"]', '"withheld":["meta"]')),
      /^events \| malformed-event \| 13 \| its remarks is not once shown, withheld or erased$/m,
    ],
    [
      'a text is shown and withheld',
      () => editLine('events.ndjson', 1, (line) => line.replace('["meta",', '["data","meta",')),
      /^events \| malformed-event \| 13 \| its data is not once/m,
    ],
    [
      'data is said to be erased',
      () => editLine('events.ndjson', 2, (line) => line.replace(/"data":\{[^}]*\},/, '')),
      /^events \| malformed-event \| 23 \| its data is not once/m,
    ],
    [
      'an event is of another position',
      () => editLine('events.ndjson', 0, (line) => line.replace('"position":3', '"position":4')),
      /^events \| malformed-event \| 3 \| its line in events.ndjson is of another position/m,
    ],
    [
      'an event has a member more',
      () => editLine('events.ndjson', 0, (line) => line.replace(/}$/, ',"zz":1}')),
      /^events \| malformed-event \| 3 \| it has members/m,
    ],
    [
      'two events are the other way round',
      () => {
        for (const name of ['leaves.ndjson', 'proofs.txt', 'events.ndjson'])
          edit(name, (text) => {
            const [a, b, ...rest] = text.split('\n');
            return [b, a, ...rest].join('\n');
          });
      },
      /^order \| misplaced-event \| 3 \| it stands after the event from position 13$/m,
    ],
    [
      'an event was left out',
      () => {
        for (const name of ['leaves.ndjson', 'proofs.txt', 'events.ndjson'])
          edit(name, (text) => text.split('\n').slice(1).join('\n'));
      },
      /^population \| other-population \|  \| revisions 0 to 3 of artifact-3 are said to be complete, and are not$/m,
    ],
    [
      'a file has a line less',
      () => edit('events.ndjson', (text) => text.split('\n').slice(1).join('\n')),
      /^members \| wrong-member \|  \| .*have not the same number of lines$/m,
    ],
    [
      'a file does not end',
      () => edit('leaves.ndjson', (text) => text.slice(0, -1)),
      /^members \| wrong-member \|  \| "leaves\.ndjson" does not end with a newline$/m,
    ],
    [
      'the checkpoint is another one',
      () => edit('checkpoint', (text) => text.replace('\n40\n', '\n41\n')),
      /^checkpoints \| invalid-signature \|  \| the checkpoint: the signature by/m,
    ],
    [
      'the checkpoint is of another log',
      () => manifest({ origin: 'example.org/other' }),
      /^keys \| malformed-key \|  \| key 0 is of the log/m,
    ],
    [
      'a key is another one',
      () => edit('keys/0.vkey', () => `${makePackage().keys[0]}\n`),
      /^keys \| invalid-rotation/m,
    ],
    [
      'a key is another one for openssl',
      () => edit('keys/1.pem', () => makePackage().members.get('keys/1.pem') ?? ''),
      /^keys \| malformed-key \|  \| keys\/1\.pem is not keys\/1\.vkey as a public key in PEM$/m,
    ],
    [
      'a key is none for openssl',
      () => edit('keys/1.pem', () => 'none'),
      /^keys \| malformed-key \|  \| keys\/1\.pem is not keys\/1\.vkey as a public key in PEM$/m,
    ],
    [
      'a key has the ends of lines of another system for openssl',
      () => edit('keys/1.pem', (text) => text.replaceAll('\n', '\r\n')),
      /^keys \| malformed-key \|  \| keys\/1\.pem is not keys\/1\.vkey as a public key in PEM$/m,
    ],
    [
      'a key does not end',
      () => edit('keys/1.vkey', (text) => text.trimEnd()),
      /^members \| wrong-member \|  \| "keys\/1\.vkey" does not end with a newline$/m,
    ],
    [
      'a key is there for openssl alone',
      () => void members.set('keys/7.pem', members.get('keys/1.pem') ?? ''),
      /^members \| wrong-member \|  \| "keys\/7\.pem" is no member of a package$/m,
    ],
    [
      'a member of the manifest is there twice',
      () => edit('manifest.json', (text) => text.replace('{', '{"erased":0,')),
      /^manifest \| wrong-manifest \|  \| the manifest is not one line of RFC 8785 text$/m,
    ],
    [
      'the manifest is in another form',
      () => edit('manifest.json', (text) => `${JSON.stringify(JSON.parse(text), null, 2)}\n`),
      /^manifest \| wrong-manifest \|  \| the manifest is not one line of RFC 8785 text$/m,
    ],
    [
      'a rotation is missing',
      () => void members.delete('keys/1.rotation'),
      /^keys \| invalid-rotation \|  \| the statement of the rotation to key 1 is missing$/m,
    ],
    [
      'the keys are missing',
      () => {
        for (const name of [...members.keys()]) if (name.startsWith('keys/')) members.delete(name);
      },
      /^keys \| malformed-key \|  \| there is no key that signs$/m,
    ],
    [
      'the manifest is none',
      () => edit('manifest.json', () => '[]'),
      /^manifest \| wrong-manifest \|  \| the manifest is no JSON object$/m,
    ],
    [
      'the manifest has a member more',
      () => manifest({ more: 1 }),
      /^manifest \| wrong-manifest \|  \| the manifest has other members/m,
    ],
    [
      'the manifest is of another size',
      () => manifest({ size: 41 }),
      /^manifest \| wrong-manifest \|  \| the manifest says 41 entries/m,
    ],
    [
      'the manifest is as of an earlier position',
      () => manifest({ position: 38 }),
      /^manifest \| wrong-manifest \|  \| the manifest is as of position 38, and there is an event from position 39$/m,
    ],
    [
      'the manifest is as of a position that is not sealed',
      () => manifest({ position: 40 }),
      /^manifest \| wrong-manifest \|  \| the manifest is as of position 40, which/m,
    ],
    [
      'the manifest counts otherwise',
      () => manifest({ disclosed: 5, withheld: 0, erased: 0 }),
      /says 5 events disclosed, and there are 4\n.*says 0 events withheld, and there are 1\n.*says 0 events erased, and there are 1$/m,
    ],
    [
      'the population is another one',
      () => manifest({ population: { count: 5, root: '0'.repeat(64) } }),
      /^population \| other-population \|  \| the manifest has a population of 5 under the root 0{64}/m,
    ],
    [
      'a range has a gap',
      () => manifest({ query: { completeness: ['range'] } }),
      /^population \| other-population \| 4 \| its query asks for every event from the first to the last, and that at position 4 is missing$/m,
    ],
    [
      'a run is not complete',
      () => manifest({ complete: [{ stream: 'artifact-3', from: 0, to: 4 }] }),
      /^population \| other-population \|  \| revisions 0 to 4 of artifact-3/m,
    ],
    [
      'a member is missing',
      () => void members.delete('index.html'),
      /^members \| wrong-member \|  \| index\.html is not there$/m,
    ],
    [
      'a member is one too many',
      () => void members.set('../evil.sh', 'rm'),
      /^members \| wrong-member \|  \| "\.\.\/evil\.sh" is no member of a package$/m,
    ],
  ])('is wrong when %s', async (_, change, finds) => {
    change();
    expect(await findings(zipped(members))).toMatch(finds);
  });

  it('is wrong when its sums are', async () => {
    const none = '0'.repeat(64);
    members.set('SHA256SUMS', `${none}  index.html\n${none}  other\nnone\n`);
    const found = await findings(zipOf(members));
    for (const what of [
      'index.html has another SHA-256 than SHA256SUMS says',
      'SHA256SUMS names "other", which is not there',
      'SHA256SUMS has a line that is none: "none"',
      'SHA256SUMS does not name "checkpoint"',
    ]) {
      expect(found).toContain(`members | wrong-member |  | ${what}`);
    }
  });

  it('is not trusted when a key that was replaced has signed, by who trusts only its successor', async () => {
    const { members: ofFirst, keys } = makePackage(50);
    expect(await findings(zipped(ofFirst), { trusted: keys.slice(0, 1) })).toBe('');
    expect(await findings(zipped(ofFirst), { trusted: keys.slice(1) })).toBe(
      'keys | untrusted-key |  | the checkpoint of size 40 is signed by key 0, and you trust only key 1 and what follows it',
    );
  });

  it('is not trusted under keys that are not, or without the witnesses that are wanted', async () => {
    const trusted = makePackage().keys;
    expect(await findings(zipped(members), { trusted })).toMatch(/^keys \| untrusted-key/m);
    const { line, witness } = cosign(made.checkpoint.split('\n').slice(0, 3).join('\n') + '\n');
    expect(await findings(zipped(members), { witnesses: [witness] })).toMatch(/^cosignatures \| missed-quorum/m);
    edit('checkpoint', (text) => `${text}${line}\n`);
    expect(await findings(zipped(members), { witnesses: [witness] })).toBe('');
  });

  it('is wrong when its sums are right and not sorted, or not as they are written', async () => {
    const sums = (change: (lines: string[]) => string[]) => {
      const whole = unzipSync(zipped(members))['SHA256SUMS'] ?? Buffer.of();
      const lines = change(Buffer.from(whole).toString().trimEnd().split('\n'));
      return findings(zipOf(new Map([...members, ['SHA256SUMS', `${lines.join('\n')}\n`]])));
    };
    expect(await sums((lines) => lines)).toBe('');
    expect(await sums((lines) => lines.reverse())).toMatch(/SHA256SUMS is not sorted by name: "checkpoint"$/m);
    expect(await sums(([first = '', ...rest]) => [first.replace('  ', ' *'), ...rest])).toMatch(/a line that is none/);
  });

  it('says of erased remarks whether the event that records it is there', async () => {
    const unproven = await verify(zipped(members));
    expect(unproven).toMatchObject({ erased: 1, erasuresShown: 0 });
    expect(unproven.checks.find(({ check }) => check === 'erasures')).toMatchObject({
      outcome: 'skipped',
      note: '1 event with erased remarks; of 0 the event that records it is here too',
    });
    const { members: recorded } = makePackage(undefined, true);
    const proven = await verify(zipped(recorded));
    expect(proven).toMatchObject({ erased: 1, erasuresShown: 1 });
    expect(proven.checks.filter(({ outcome }) => outcome === 'wrong')).toEqual([]);
  });

  it('is wrong when it records an erasure of other remarks, or one that was not made', async () => {
    const recorded = makePackage(undefined, true);
    const of = (change: () => void) => {
      members = new Map(recorded.members);
      change();
      return findings(zipped(members));
    };
    expect(
      await of(() =>
        editLine('events.ndjson', 4, (line) => line.replace(/"remarksHash":"[0-9a-f]{4}/, '"remarksHash":"0000')),
      ),
    ).toMatch(
      /^erasures \| altered-erasure \| 23 \| the event at position 39 says that other remarks than its own were/m,
    );
    expect(
      await of(() =>
        editLine('events.ndjson', 2, (line) =>
          line.replace('"erased":true,', '').replace(/}$/, ',"withheld":["remarks"]}'),
        ),
      ),
    ).toMatch(
      /^erasures \| altered-erasure \| 23 \| the event at position 39 says that its remarks were erased, and the/m,
    );
  });

  it('begins with the checkpoint of the empty log, and not with another root over nothing', async () => {
    const signer = parseSigningKey(made.signingKey);
    const kept = (root: Buffer) => signCheckpoint({ origin: ORIGIN, size: 0n, root }, [signer]);
    expect(await findings(zipped(members), { kept: kept(EMPTY_ROOT) })).toBe('');
    expect(await findings(zipped(members), { kept: kept(Buffer.alloc(32)) })).toMatch(/has a root over no leaves/);
  });

  it('is not held against a checkpoint of another size, since nothing in it leads there', async () => {
    const kept = makePackage().checkpoint;
    expect(await findings(zipped(members), { kept })).toMatch(
      /^checkpoints \| invalid-signature \|  \| the checkpoint in kept\.txt/m,
    );
  });
});
