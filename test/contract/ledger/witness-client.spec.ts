import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { requestCosignature, type Request } from '../../../src/ledger/witness/client.js';
import { WitnessError } from '../../../src/ledger/witness/errors.js';
import { parseWitnesses } from '../../../src/ledger/witness/settings.js';
import { checkpointOf, conflict, CosigningKey, respond, StrictWitness, type Fault } from '../../support/witness.js';
import { LogInMemory, newLogKey, ORIGIN } from '../../support/witnessed-log.js';

describe('asking a witness for its cosignature', () => {
  let folder: string;
  let witness: StrictWitness;
  let log: LogInMemory;
  let signal: AbortController;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-witness-'));
    log = new LogInMemory();
    signal = new AbortController();
    const logs = new Map([[ORIGIN, [log.signer.verifier.text]]]);
    witness = new StrictWitness(new CosigningKey('witness.example/w1'), logs, join(folder, 'heads.json'));
    await witness.start();
  });

  afterEach(async () => {
    signal.abort();
    await witness.stop();
    rmSync(folder, { recursive: true });
  });

  const requestOf = (of = log, timeoutMs = 5_000): Request => {
    const [parsed] = parseWitnesses(witness.setting);
    if (!parsed) throw new Error('no witness');
    return { witness: parsed, prove: of.prove, newestSize: of.newestSize, timeoutMs, signal: signal.signal };
  };

  const ask = (size: number, oldSize: number, of = log, timeoutMs?: number): Promise<string> =>
    requestCosignature(requestOf(of, timeoutMs), of.sign(size), oldSize);

  const codeOf = (asked: Promise<string>): Promise<string> =>
    asked.then(
      () => 'cosigned',
      (error: unknown) => (error instanceof WitnessError ? error.code : String(error)),
    );

  const withFault = (fault: Fault): void => {
    witness.fault = fault;
  };

  it('sends the first checkpoint without a proof, and later ones with the proof from the last', async () => {
    await ask(3, 0);
    const line = await ask(11, 3);
    expect(witness.requests).toEqual([
      { oldSize: 0, size: 3, proofLines: 0, status: 200 },
      { oldSize: 3, size: 11, proofLines: log.prove(3, 11).length, status: 200 },
    ]);
    expect(line).toMatch(/^— witness\.example\/w1 [A-Za-z0-9+/]+=*$/);
    expect(witness.headOf(ORIGIN)).toBe(11);
  });

  it('is cosigned for every pair of sizes up to 12', async () => {
    for (let newSize = 1; newSize <= 12; newSize++) {
      for (let oldSize = 1; oldSize <= newSize; oldSize++) {
        witness.forget();
        await ask(oldSize, 0);
        await ask(newSize, oldSize);
        expect(witness.headOf(ORIGIN)).toBe(newSize);
      }
    }
  });

  it('asks again for the same checkpoint', async () => {
    await ask(7, 0);
    expect(await codeOf(ask(7, 7))).toBe('cosigned');
  });

  it('goes on from the size that the witness remembers, when that is another than ours', async () => {
    await ask(5, 0);
    expect(await codeOf(ask(9, 0))).toBe('cosigned');
    expect(witness.requests.map(({ oldSize, status }) => [oldSize, status])).toEqual([
      [0, 200],
      [0, 409],
      [5, 200],
    ]);
  });

  it('goes on from nothing, when the witness has lost what it had', async () => {
    expect(await codeOf(ask(9, 4))).toBe('cosigned');
    expect(witness.requests.map(({ oldSize }) => oldSize)).toEqual([4, 0]);
  });

  describe('when the witness refuses', () => {
    it('says that it does not know the log', async () => {
      witness.logs.clear();
      expect(await codeOf(ask(3, 0))).toBe('unknown-log');
    });

    it('says that it does not trust the key', async () => {
      expect(await codeOf(ask(3, 0, new LogInMemory(newLogKey())))).toBe('untrusted-key');
    });

    it.each([
      [400, 'refused-request'],
      [201, 'unexpected-status'],
      [204, 'unexpected-status'],
      [429, 'unexpected-status'],
      [500, 'unexpected-status'],
      [503, 'unexpected-status'],
    ])('with the status %i, says %s', async (status, code) => {
      withFault((_, response) => respond(response, { status }));
      expect(await codeOf(ask(3, 0))).toBe(code);
      expect(witness.requests).toHaveLength(1);
    });
  });

  describe('when the witness has seen another tree of the log', () => {
    it('says that it has seen a larger one', async () => {
      await ask(20, 0);
      log.signed = 10;
      expect(await codeOf(ask(10, 4))).toBe('tree-ahead');
    });

    it('does not take a larger one for another where we have signed it ourselves', async () => {
      await ask(20, 0);
      expect(await codeOf(ask(10, 4))).toBe('conflict');
    });

    it('says so when the old one is not the beginning of ours', async () => {
      await ask(8, 0, new LogInMemory(log.signer, 'another'));
      expect(await codeOf(ask(13, 8))).toBe('tree-forked');
    });

    it('says so when it finds out by the witness telling its size', async () => {
      await ask(8, 0, new LogInMemory(log.signer, 'another'));
      expect(await codeOf(ask(13, 0))).toBe('tree-forked');
    });

    it('says so when it has as many entries', async () => {
      await ask(8, 0, new LogInMemory(log.signer, 'another'));
      expect(await codeOf(ask(8, 8))).toBe('tree-forked');
    });

    it('says so when the size is told with that', async () => {
      withFault((_, response) => respond(response, conflict(8)));
      expect(await codeOf(ask(8, 8))).toBe('tree-forked');
    });
  });

  describe('when the witness answers 409', () => {
    it('with one size after the other, asks twice and no more', async () => {
      let size = 1;
      withFault((_, response) => respond(response, conflict(size++)));
      expect(await codeOf(ask(9, 0))).toBe('conflict');
      expect(witness.requests).toHaveLength(2);
    });

    it('with the size that it was told, asks once', async () => {
      withFault((_, response) => respond(response, conflict(4)));
      expect(await codeOf(ask(9, 4))).toBe('conflict');
      expect(witness.requests).toHaveLength(1);
    });

    it.each([
      ['no size', conflict('')],
      ['a leading zero', conflict('07')],
      ['a sign', conflict('+7')],
      ['a number that is no whole one', conflict('7.0')],
      ['a number beyond 64 bits', conflict('18446744073709551616')],
      ['two lines', conflict('7\n7')],
      ['no newline', { ...conflict(7), body: '7' }],
      ['another type', { ...conflict(7), headers: { 'content-type': 'text/plain' } }],
      ['no type', { ...conflict(7), headers: {} }],
    ])('with %s, does not go by it', async (_, answer) => {
      withFault((_honest, response) => respond(response, answer));
      expect(await codeOf(ask(9, 4))).toBe('malformed-answer');
    });

    it('with a size beyond a double, says that it is ahead', async () => {
      withFault((_, response) => respond(response, conflict('18446744073709551615')));
      expect(await codeOf(ask(9, 4))).toBe('tree-ahead');
    });

    it('with a type that has parameters, goes by it', async () => {
      await ask(5, 0);
      withFault((answer, response) => {
        const headers = answer.status === 409 ? { 'content-type': 'Text/X.tlog.size; charset=utf-8' } : {};
        respond(response, { ...answer, headers });
      });
      expect(await codeOf(ask(9, 0))).toBe('cosigned');
    });
  });

  describe('when the cosignature is not right', () => {
    const other = new CosigningKey('witness.example/w1');
    const later = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

    it.each<[string, string, (request: string) => string | Buffer]>([
      ['is by another key', 'invalid-cosignature', (request) => other.cosign(checkpointOf(request))],
      ['is of another text', 'invalid-cosignature', () => witness.key.cosign('another\n')],
      ['is far ahead', 'invalid-cosignature', (text) => witness.key.cosign(checkpointOf(text), later(3_600))],
      [
        'is older than the checkpoint',
        'invalid-cosignature',
        (text) => witness.key.cosign(checkpointOf(text), later(-3_600)),
      ],
      ['is of 1970', 'invalid-cosignature', (text) => witness.key.cosign(checkpointOf(text), 0)],
      ['is missing', 'malformed-answer', () => ''],
      ['is a page', 'malformed-answer', () => '<html>It works!</html>\n'],
      ['is bytes', 'malformed-answer', () => Buffer.from([0xff, 0xfe, 0x00, 0x0a])],
      ['does not end', 'malformed-answer', (text) => witness.key.cosign(checkpointOf(text)).trimEnd()],
      [
        'ends as on Windows',
        'malformed-answer',
        (text) => witness.key.cosign(checkpointOf(text)).replace('\n', '\r\n'),
      ],
      ['comes after a blank line', 'malformed-answer', (text) => `\n${witness.key.cosign(checkpointOf(text))}`],
      ['comes with more text', 'malformed-answer', (text) => `done\n${witness.key.cosign(checkpointOf(text))}`],
      ['is one of too many', 'malformed-answer', (text) => witness.key.cosign(checkpointOf(text)).repeat(101)],
    ])('as it %s, says %s', async (_, code, bodyOf) => {
      withFault((_honest, response, request) => respond(response, { status: 200, body: bodyOf(request) }));
      expect(await codeOf(ask(3, 0))).toBe(code);
    });

    it('leaves the lines of other keys alone', async () => {
      withFault(({ body = '' }, response, request) =>
        respond(response, { status: 200, body: `${other.cosign(checkpointOf(request))}${body.toString()}` }),
      );
      const { note } = log.sign(3);
      const [, keyIdAndSignature = ''] = /^\u2014 witness\.example\/w1 (\S+)$/.exec(await ask(3, 0)) ?? [];
      const keyId = Buffer.from(keyIdAndSignature, 'base64').toString('hex', 0, 4);
      expect(witness.key.verifierKey).toContain(`+${keyId}+`);
      expect(note).not.toContain(keyIdAndSignature);
    });

    it('refuses all when a line by the witness does not match, though another does', async () => {
      withFault(({ body = '' }, response) =>
        respond(response, { status: 200, body: `${body.toString()}${witness.key.cosign('another\n')}` }),
      );
      expect(await codeOf(ask(3, 0))).toBe('invalid-cosignature');
    });
  });

  describe('when the network fails', () => {
    it('says that nobody listens', async () => {
      await witness.stop();
      expect(await codeOf(ask(3, 0))).toBe('unreachable');
    });

    it('does not wait for a witness that is silent', async () => {
      withFault(() => undefined);
      expect(await codeOf(ask(3, 0, log, 100))).toBe('timed-out');
    });

    it('does not wait for one that answers a byte at a time', async () => {
      withFault(async (_, response) => {
        response.writeHead(200);
        while (!response.destroyed) {
          response.write('.');
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      });
      expect(await codeOf(ask(3, 0, log, 150))).toBe('timed-out');
    });

    it('does wait for one that is only slow', async () => {
      withFault(async (answer, response) => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        respond(response, answer);
      });
      expect(await codeOf(ask(3, 0, log, 5_000))).toBe('cosigned');
    });

    it.each([
      ['with a length', { 'content-length': '1000' }],
      ['in chunks', { 'transfer-encoding': 'chunked' }],
    ])('does not take half an answer %s', async (_, headers) => {
      withFault(({ body = '' }, response) => {
        response.writeHead(200, headers);
        response.write(body, () => response.destroy());
      });
      expect(await codeOf(ask(3, 0))).toBe('unreachable');
    });

    it('does not take an answer that breaks off before it begins', async () => {
      withFault((_, response) => void response.destroy());
      expect(await codeOf(ask(3, 0))).toBe('unreachable');
    });

    it('reads no more of a large answer than it needs', async () => {
      let written = 0;
      withFault(async (_, response) => {
        response.writeHead(200);
        while (!response.destroyed && written < 50_000_000) {
          written += 65_536;
          if (!response.write(Buffer.alloc(65_536, 'x'))) await new Promise((resolve) => setTimeout(resolve, 5));
        }
      });
      expect(await codeOf(ask(3, 0))).toBe('oversized-answer');
      expect(written).toBeLessThan(10_000_000);
    });

    it('asks for no compression, in which a small answer could be a large one', async () => {
      let accepted: string | undefined;
      await witness.stop();
      const server = createServer((request, response) => {
        accepted = request.headers['accept-encoding'];
        response.writeHead(503).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const request = requestOf();
      await codeOf(requestCosignature({ ...request, witness: { ...request.witness, url } }, log.sign(3), 0));
      server.close();
      server.closeAllConnections();
      expect(accepted).toBe('identity');
    });

    it.each([301, 302, 303, 307, 308])('follows no redirect (%i)', async (status) => {
      withFault((_, response) => respond(response, { status, headers: { location: `${witness.url}/elsewhere` } }));
      expect(await codeOf(ask(3, 0))).toBe('unexpected-status');
      expect(witness.requests).toHaveLength(1);
    });

    it('is given up with whoever asked', async () => {
      withFault(() => signal.abort());
      expect(await codeOf(ask(3, 0))).toBe('unreachable');
    });
  });
});
