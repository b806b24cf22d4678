import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PATTERNS } from '../../../../src/http/input/patterns.js';

const HERE = 'https://cairn.example.org';
const isTaken = (to: string) => PATTERNS.returnPath.test(to);

describe('where a browser goes after signing in', () => {
  it.each([
    '/',
    '/v1/me',
    '/v1/reports/advisory-board?environment=production&to=2026-01-01T00:00:00Z',
    '/a//b',
    '/%5C',
  ])('is a path of this server: %s', (to) => expect(isTaken(to)).toBe(true));

  it.each([
    '',
    'v1/me',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\\/evil.example',
    ' /v1/me',
    'https://evil.example',
    'javascript:alert(1)',
    '/v1\\..\\me',
    '/v1/m\u00e9',
    `/${'x'.repeat(1_024)}`,
  ])('is nothing else: %j', (to) => expect(isTaken(to)).toBe(false));

  it('is at this server by any browser’s reading, whatever is taken', () => {
    const part = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '@',
      ':',
      '?',
      '#',
      '\t',
      '\n',
      '%2f',
      'evil.example',
      'v1',
      ' ',
    );
    const path = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    let taken = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          path,
          fc.string(),
          path.map((text) => `/${text}`),
        ),
        (to) => {
          if (!isTaken(to)) return;
          taken += 1;
          expect(new URL(to, `${HERE}/v1/sign-in/callback`).origin).toBe(HERE);
        },
      ),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
