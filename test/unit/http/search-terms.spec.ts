import { describe, expect, it } from '@jest/globals';
import { prefersHtml } from '../../../src/http/input/accept.js';
import { termsOf } from '../../../src/http/search/terms.js';

describe('the terms of a search', () => {
  it('take a digest with or without its algorithm, from four digits on', () => {
    expect(termsOf('sha256:ABCD').digests).toEqual(['sha256:abcd']);
    expect(termsOf('SHA512-abcd').digests).toEqual(['sha512:abcd']);
    expect(termsOf('abcd').digests).toEqual(['sha256:abcd', 'sha512:abcd']);
    for (const none of ['abc', 'sha256:abc', 'sha256:xyzw', 'md5:abcd', '']) expect(termsOf(none).digests).toEqual([]);
  });

  it('take the beginning of an id only where it has the form of one', () => {
    expect(termsOf('0197A3C4-5').ids).toEqual(['0197a3c4-5']);
    for (const none of ['019', '0197-a3c4', '0197a3c45', 'PAY-1201']) expect(termsOf(none).ids).toEqual([]);
  });

  it('know a version with and without its v, and the refs that it may be', () => {
    expect(termsOf('v2.0').versions).toEqual(['v2.0', '2.0']);
    expect(termsOf('2.0').versions).toEqual(['2.0', 'v2.0']);
    expect(termsOf('2.0').refs).toContain('refs/tags/v2.0');
    expect(termsOf('refs/heads/main').refs).toEqual(['refs/heads/main']);
  });
});

describe('who prefers a page', () => {
  it.each([
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    ['text/*', false],
    ['text/html', true],
    ['TEXT/HTML; charset=utf-8', true],
    ['text/html,application/xhtml+xml,*/*;q=0.8', true],
    ['application/json, text/html', true],
    ['application/json, text/html;q=0.9', false],
    ['text/html;q=0', false],
    ['text/html;q=nonsense', false],
  ])('%s: %s', (accept, expected) => expect(prefersHtml(accept)).toBe(expected));
});
