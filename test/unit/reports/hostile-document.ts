import type { ReportDocument } from '../../../src/reports/document/document.js';
import { sampleDocument } from './sample-document.js';

/** What somebody may have written into a reason, a version or a name. */
export const HOSTILE = [
  `=cmd|' /C calc'!A0`,
  '<script>alert(1)</script>',
  '</style><img src=x onerror=alert(1)>',
  '"onmouseover="alert(1)" x="',
  'safe\u202Etxt.exe\u2066\u200F',
  'W'.repeat(5_000),
  '👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍💻',
  'تمت الترقية إلى الإنتاج بنجاح',
  'שחרור דחוף לייצור',
  '[click](javascript:alert(1)) ](javascript:alert(1)) ![x](https://evil.example/x.png)',
  'a | b\n# heading\n\n- list\r\n```\n<!-- c -->',
  ']]></title></svg></script><svg onload=alert(1)>&lt;b&gt;&#x202E;',
  '**bold** _em_ `code` ~~gone~~ https://evil.example www.evil.example @octocat #1 :smile: $x$',
  '\u0000\u001B[31m\uFEFF\uD800 zero\u200Bwidth',
  '日本語の変更理由',
  `a${'\u0301'.repeat(3_000)}`,
];

/** The fields of the document that are texts; all others are names, kinds and links of our own. */
const TEXTS = new Set([
  ...['title', 'name', 'value', 'text', 'what', 'needs', 'display', 'previous', 'definition', 'reason', 'caption'],
  ...['category', 'unit', 'categories', 'rows'],
]);

/** The sample with every text replaced by a hostile one, so that each of them comes by in many places. */
export const hostileDocument: ReportDocument = { ...replaced(sampleDocument), address: sampleDocument.address };

function replaced(document: ReportDocument): ReportDocument {
  let next = 0;
  const walk = (value: unknown, isText: boolean, key = ''): unknown => {
    if (typeof value === 'string') return isText && key !== 'link' ? HOSTILE[next++ % HOSTILE.length] : value;
    if (Array.isArray(value)) return value.map((item) => walk(item, isText));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        const isMetricUnit = name === 'unit' && 'definition' in value;
        return [name, walk(item, (isText && name !== 'link') || (TEXTS.has(name) && !isMetricUnit), name)];
      }),
    );
  };
  return walk(document, false) as ReportDocument;
}
