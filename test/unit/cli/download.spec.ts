import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../../../src/cli/api-client.js';
import { eventually } from '../../support/eventually.js';
import { download } from '../../../src/cli/export/download.js';

const BYTES = Buffer.alloc(300_000, 'cairn ');
const wanted = {
  path: '/file',
  bytes: BYTES.length,
  sha256: createHash('sha256').update(BYTES).digest('hex'),
};

describe('a download', () => {
  let folder: string;
  let server: Server;
  let asked: (string | undefined)[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-download-'));
    asked = [];
    // The first answer is cut off in the middle.
    server = createServer((request, response) => {
      asked.push(request.headers.range);
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(from > 0 ? 206 : 200, { 'content-length': BYTES.length - from });
      if (asked.length > 1) response.end(BYTES.subarray(from));
      else response.write(BYTES.subarray(0, 100_000), () => void cutOff(response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  /** Once what was sent is in the file, however busy the machine is; or, where none can be, after a moment. */
  const cutOff = async (response: ServerResponse): Promise<void> => {
    const file = join(folder, 'file');
    await eventually(() => existsSync(file) && statSync(file).size === 100_000, 1_000).catch(() => undefined);
    response.destroy();
  };

  const fetchTo = (file: string): Promise<void> => {
    const { port } = server.address() as AddressInfo;
    return download(new ApiClient(`http://127.0.0.1:${port}`, undefined), wanted, file, () => undefined);
  };

  it('goes on where it was broken off', async () => {
    await fetchTo(join(folder, 'file'));
    expect(readFileSync(join(folder, 'file')).equals(BYTES)).toBe(true);
    expect(asked).toEqual([undefined, 'bytes=100000-']);
  });

  it('ends at once with the system’s error where it cannot write', async () => {
    await expect(fetchTo(join(folder, 'nowhere/file'))).rejects.toMatchObject({ code: 'ENOENT' });
    symlinkSync('/dev/full', join(folder, 'full'));
    await expect(fetchTo(join(folder, 'full'))).rejects.toMatchObject({ code: 'ENOSPC' });
    expect([asked.length, existsSync(join(folder, 'nowhere'))]).toEqual([2, false]);
  });
});
