import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressText } from '../../../src/reports/document/address.js';
import { escapeMarkdown } from '../../../src/reports/markdown/escape.js';
import { renderMarkdown } from '../../../src/reports/markdown/render-markdown.js';
import { elsewhere, linksOf } from './elsewhere.js';
import { HOSTILE, hostileDocument } from './hostile-document.js';
import { METRICS } from './sample/metrics.js';
import { sampleDocument } from './sample-document.js';

const markdown = renderMarkdown(sampleDocument);

/** What is left of an escaped text for Markdown to act upon. */
const activeIn = (escaped: string): string =>
  escaped
    .replaceAll('<!-- -->', '')
    .replace(/&(?:amp|lt|gt|#124|#36);/g, '')
    .replace(/\\[!-/:-@[-`{-~]/g, '');

describe('a report as Markdown', () => {
  it('is the same in each process, time zone and locale', () => {
    expect(elsewhere('markdown/render-markdown.js', 'renderMarkdown', sampleDocument)).toBe(markdown);
  });

  it('begins with its address', () => {
    expect(markdown.split('\n')[0]).toBe(`<!-- ${addressText(sampleDocument.address)} -->`);
  });

  it('holds every link and number', () => {
    for (const link of linksOf(sampleDocument)) expect(markdown).toContain(`](${link})`);
    for (const { display } of METRICS) expect(markdown).toContain(`**${display}**`);
    expect(markdown).toContain('- Left out: [3 events](');
    expect(markdown).toContain('| From commit to production | changes |\n| --- | ---: |\n| &lt; 1 h | 2 |');
    expect(markdown).toContain(`\`sha256:${'654e8b559995'.padEnd(64, '0c5a6ff4a8f0')}\``);
    expect(markdown).toContain('29 more are not shown here: [see them in the ledger](');
  });

  it('keeps its tables whole whatever stands in their cells', () => {
    const bars = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) => line.split('|').length);
    expect(bars(renderMarkdown(hostileDocument))).toEqual(bars(markdown));
    const structure = (text: string) => text.split('\n').map((line) => /^(#+ |- |> |\|| {4}|$)?/.exec(line)?.[0] ?? '');
    expect(structure(renderMarkdown(hostileDocument)).filter((start) => start === '    ')).toEqual([]);
  });
});

describe('escapeMarkdown', () => {
  it.each([
    ['[x](javascript:alert(1))', '\\[x\\](javascript:alert(1))'],
    ['<b>&amp;', '&lt;b&gt;&amp;amp;'],
    ['a | b', 'a &#124; b'],
    ['# no heading', '\\# no heading'],
    ['- no list', '\\- no list'],
    ['1. no list', '1\\. no list'],
    ['1.46 a day', '1.46 a day'],
    ['    no code', 'no code'],
    ['a\n---', 'a ⏎ ---'],
    ['https://a.example', 'https:<!-- -->//a.example'],
    ['@octocat', '@<!-- -->octocat'],
  ])('writes %j as %j', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });

  it('leaves nothing for Markdown to act upon', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.string({ unit: fc.constantFrom(...'\\`*_[]()<>#|-+=~!&$:/@w.1 \n'), maxLength: 30 }),
      fc.constantFrom(...HOSTILE),
    );
    fc.assert(
      fc.property(text, (value) => {
        const escaped = escapeMarkdown(value);
        expect(escaped).not.toMatch(/[\n\r]|^\s/);
        expect(activeIn(escaped)).not.toMatch(/[\\`*_~[\]{}<>|$&#]/);
        expect(escaped).not.toMatch(/^(?:[-+=:]|\d+[.)](?:\s|$))/);
        expect(escaped).not.toMatch(/@\w|:\/\/|www\./i);
      }),
      { numRuns: 2_000 },
    );
  });
});
