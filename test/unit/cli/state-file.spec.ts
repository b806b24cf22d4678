import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StateFile } from '../../../src/cli/import/state-file.js';
import { countAnswer, emptyTally, notAccepted } from '../../../src/cli/import/tally.js';

const line = { lineNumber: 3, command: 'promote' };

describe('StateFile', () => {
  let folder: string;
  let problems: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-state-'));
    problems = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const fileAt = (name: string) => new StateFile(join(folder, name), (message) => problems.push(message));

  it('keeps how far it came, with the counts, until it is removed', () => {
    const file = fileAt('a.progress');
    expect(file.load()).toBeUndefined();
    const tally = emptyTally();
    countAnswer(tally, { line: 1, status: 'refused', reason: 'stage-skipped' }, line);
    file.save({ lines: 3, sha256: 'abc', url: 'http://a', tally });
    expect(file.load()).toMatchObject({ lines: 3, sha256: 'abc', tally: { refused: { 'stage-skipped': 1 } } });
    file.remove();
    expect(existsSync(file.path)).toBe(false);
  });

  it('says once that it cannot be written, and lets the import go on', () => {
    const file = fileAt('nowhere/a.progress');
    file.save({ lines: 1, sha256: '', url: '', tally: emptyTally() });
    file.save({ lines: 2, sha256: '', url: '', tally: emptyTally() });
    expect(problems).toEqual([expect.stringContaining('cannot be written (ENOENT)')]);
  });

  it.each(['not json', '{"version":2,"lines":1}', '{"version":1,"lines":-0.5,"sha256":"","tally":{}}'])(
    'refuses a file that is none of its own: %s',
    (text) => {
      const file = fileAt('a.progress');
      writeFileSync(file.path, text);
      expect(() => file.load()).toThrow('is not a progress file');
    },
  );

  it('says that it cannot be removed', () => {
    const file = fileAt('folder');
    mkdirSync(file.path);
    file.remove();
    expect(problems).toEqual([expect.stringContaining('cannot be removed')]);
  });
});

describe('countAnswer', () => {
  it('counts by command, reason and code, and keeps the first invalid lines with what is wrong', () => {
    const tally = emptyTally();
    countAnswer(tally, { line: 1, status: 'accepted' }, line);
    countAnswer(tally, { line: 2, status: 'refused', reason: 'frozen' }, line);
    countAnswer(tally, { line: 3, status: 'rejected', reason: 'not-found' }, line);
    for (let n = 1; n <= 9; n++) {
      const errors = [{ field: 'digest', detail: 'is missing' }];
      countAnswer(tally, { line: n, status: 'invalid', errors }, { lineNumber: n, command: 'bake' });
    }
    expect(tally).toMatchObject({
      accepted: { promote: 1 },
      refused: { frozen: 1 },
      rejected: { 'not-found': 1 },
      invalid: 9,
    });
    expect(tally.invalidExamples).toHaveLength(5);
    expect(tally.invalidExamples[0]).toEqual({ lineNumber: 1, message: 'digest: is missing' });
    expect(notAccepted(tally)).toBe(11);
  });
});
