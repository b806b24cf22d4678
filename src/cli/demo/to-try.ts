import { digestOf } from './artifacts.js';

/** What the commands speak of. */
export interface ToTry {
  readonly url: string;
  readonly tokens: { readonly auditor: string; readonly pipeline: string };
  readonly month: { readonly from: string; readonly to: string };
  readonly changeId: string;
}

/** Commands that work as they stand, for whoever wants to ask the ledger next. */
export function curlCommands({ url, tokens, month, changeId }: ToTry): { title: string; lines: string[] }[] {
  const as = (token: string): string => `-H 'Authorization: Bearer ${token}'`;
  const promotion = JSON.stringify({
    digest: digestOf('built on a laptop'),
    strategy: 'blue-green',
    change: { type: 'standard', reason: 'just this once' },
  });
  return [
    {
      title: 'What is known-good in production?',
      lines: [`curl -s ${as(tokens.auditor)} \\`, `  ${url}/v1/environments/production/known-good`],
    },
    {
      title: 'Which changes were refused, and why?',
      lines: [`curl -s ${as(tokens.auditor)} \\`, `  '${url}/v1/changes?outcome=refused&limit=5'`],
    },
    {
      title: 'The advisory board’s report of the month, to open in a browser:',
      lines: [
        `curl -s ${as(tokens.auditor)} -o report.html \\`,
        `  '${url}/v1/reports/advisory-board?from=${month.from}&to=${month.to}'`,
      ],
    },
    {
      title: 'All about the last change in production, as a page:',
      lines: [
        `curl -s ${as(tokens.auditor)} -H 'Accept: text/html' \\`,
        `  -o change.html ${url}/v1/changes/${changeId}`,
      ],
    },
    {
      title: 'Promote what no pipeline baked:',
      lines: [
        `curl -s -X POST ${as(tokens.pipeline)} \\`,
        `  -H 'Content-Type: application/json' \\`,
        `  -d '${promotion}' \\`,
        `  ${url}/v1/environments/production/promotions`,
      ],
    },
  ];
}
