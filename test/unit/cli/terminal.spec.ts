import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { wrap } from '../../../src/cli/demo/printer.js';
import { exitCodeOf, toCliError, CliError } from '../../../src/cli/errors.js';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { startProgress } from '../../../src/cli/progress.js';
import { colorsFor, formatTable, widthOf } from '../../../src/cli/terminal.js';
import { ConfigError } from '../../../src/config.js';
import { StoreError } from '../../../src/event-store/port.js';

const stream = (properties: object): NodeJS.WriteStream =>
  Object.assign(new PassThrough(), properties) as unknown as NodeJS.WriteStream;
const hasControls = (text: string): boolean => [...text].some((character) => character < ' ' && character !== '\n');

describe('in a pipe', () => {
  it('a table has no control characters', () => {
    const table = formatTable(['a', 'b'], [['x', 1]], { colors: colorsFor(stream({ isTTY: false })), right: [1] });
    expect(table).toBe('  a  b\n  x  1');
  });

  it('a progress bar is a line now and then, without control characters', () => {
    const out = stream({ isTTY: false });
    const progress = startProgress('import', out);
    progress.update(1, 2, 'half');
    progress.stop();
    expect(hasControls(String((out as unknown as PassThrough).read() ?? ''))).toBe(false);
  });
});

it('a terminal has colours, unless its owner said no', () => {
  const { NO_COLOR, TERM } = process.env;
  try {
    delete process.env.NO_COLOR;
    process.env.TERM = 'xterm';
    expect(hasControls(colorsFor(stream({ isTTY: true })).red('x'))).toBe(true);
    process.env.NO_COLOR = '1';
    expect(colorsFor(stream({ isTTY: true })).red('x')).toBe('x');
  } finally {
    if (NO_COLOR === undefined) delete process.env.NO_COLOR;
    else process.env.NO_COLOR = NO_COLOR;
    if (TERM === undefined) delete process.env.TERM;
    else process.env.TERM = TERM;
  }
});

it('fills between 80 and 120 columns', () => {
  expect([40, 90, 300].map((columns) => widthOf(stream({ columns })))).toEqual([80, 90, 120]);
});

it('wraps at spaces and keeps a long word whole', () => {
  expect(wrap('one two threefourfive six', 8)).toEqual(['one two', 'threefourfive', 'six']);
});

describe('errors', () => {
  it.each([
    ['a ledger that another process has', new StoreError('in-use', 'x'), EXIT_CODES.inUse],
    ['a wrong setting', new ConfigError('CAIRN_PORT', 'must be a number'), EXIT_CODES.config],
    ['a port that is taken', Object.assign(new Error('x'), { code: 'EADDRINUSE' }), EXIT_CODES.unavailable],
    ['a file that is not there', Object.assign(new Error('x'), { code: 'ENOENT' }), EXIT_CODES.input],
    ['what the server refused', new CliError('failed', 'x'), EXIT_CODES.failed],
    ['anything else', 'thrown text', EXIT_CODES.internal],
  ])('%s has its exit code', (_what, thrown, code) => expect(exitCodeOf(toCliError(thrown))).toBe(code));

  it('has each exit code once', () => {
    expect(new Set(Object.values(EXIT_CODES)).size).toBe(Object.keys(EXIT_CODES).length);
  });
});
