import { describe, expect, it } from '@jest/globals';
import { parseAddress } from '../../../src/reports/document/address.js';
import { visible } from '../../../src/reports/document/visible.js';
import { renderHtml } from '../../../src/reports/html/render-html.js';
import { elsewhere, linksOf } from './elsewhere.js';
import { HOSTILE, hostileDocument } from './hostile-document.js';
import { readMarkup } from './markup.js';
import { METRICS } from './sample/metrics.js';
import { sampleDocument } from './sample-document.js';

const page = renderHtml(sampleDocument);
const { tags, text } = readMarkup(page);
const hostile = readMarkup(renderHtml(hostileDocument));

const values = (all: typeof tags, attribute: string) =>
  all.flatMap(({ attributes }) => attributes.get(attribute) ?? []);

describe('a report as HTML', () => {
  it('is the same in each process, time zone and locale', () => {
    expect(renderHtml(sampleDocument)).toBe(page);
    expect(elsewhere('html/render-html.js', 'renderHtml', sampleDocument)).toBe(page);
  });

  it('names the report that it is', () => {
    const meta = tags.find(({ attributes }) => attributes.get('name') === 'cairn-report');
    expect(parseAddress(meta?.attributes.get('content') ?? '')).toEqual(sampleDocument.address);
  });

  it('needs nothing else: no script, and no request', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:;`);
    const names = new Set(tags.map(({ name }) => name));
    for (const name of ['script', 'link', 'img', 'iframe', 'object', 'form']) expect(names).not.toContain(name);
    expect(values(tags, 'src')).toEqual([]);
    expect(page).not.toMatch(/@import|url\((?!#)/);
  });

  it('holds every link, number and date', () => {
    expect(new Set(values(tags, 'href').filter((href) => href.startsWith('/')))).toEqual(linksOf(sampleDocument));
    for (const { title, display, definition, numerator, denominator } of METRICS) {
      for (const part of [title, display, definition]) expect(text).toContain(part);
      for (const part of [numerator, denominator]) if (part !== undefined) expect(text).toContain(String(part));
    }
    expect(text).toContain('1,234.5');
    expect(text).toContain('2026-02-02 10:10\u00a0UTC');
    expect(text).toContain('No pipeline baked it');
    expect(text).toContain('Freezes and change windows');
  });

  it('shows digests short and keeps them whole', () => {
    expect(text).toContain('sha256:654e8b559995…');
    expect(values(tags, 'title')).toContain(`sha256:${'654e8b559995'.padEnd(64, '0c5a6ff4a8f0')}`);
  });

  it('has headings in order, ids once, and captions and scopes in each table', () => {
    const levels = tags.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? [Number(name.slice(1))] : []));
    expect(levels[0]).toBe(1);
    expect(levels.every((level, index) => level <= (levels[index - 1] ?? 0) + 1)).toBe(true);
    const ids = values(tags, 'id');
    expect(new Set(ids).size).toBe(ids.length);
    const count = (name: string) => tags.filter((tag) => tag.name === name).length;
    expect(count('caption')).toBe(count('table'));
    expect(tags.every(({ name, attributes }) => name !== 'th' || attributes.has('scope'))).toBe(true);
  });

  it('takes no element and no attribute out of a text', () => {
    const names = (all: typeof tags) => new Set(all.flatMap((tag) => [tag.name, ...tag.attributes.keys()]));
    expect([...names(hostile.tags)].filter((name) => !names(tags).has(name))).toEqual([]);
    expect(values(hostile.tags, 'href').filter((href) => !/^(\/v1\/|#[a-z])/.test(href))).toEqual([]);
    expect([...names(hostile.tags)].filter((name) => name.startsWith('on'))).toEqual([]);
    for (const value of HOSTILE) expect(hostile.text.replaceAll('\n', '')).toContain(visible(value, 120));
  });

  it('does not link what is no path of the ledger', () => {
    const linked = renderHtml({
      ...sampleDocument,
      sections: ['javascript:alert(1)', '//evil.example', '/\\evil.example', 'https://evil.example'].map(
        (link, index) => ({
          id: `s${index}`,
          title: 'x',
          blocks: [
            {
              kind: 'table',
              table: { id: 't', caption: 't', columns: [{ title: 'c', type: 'text' }], rows: [[{ text: 'x', link }]] },
            },
          ],
        }),
      ),
    });
    expect(values(readMarkup(linked).tags, 'href').filter((href) => !href.startsWith('#'))).toEqual([]);
  });
});
