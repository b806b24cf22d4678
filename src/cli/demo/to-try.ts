import { digestOf } from './artifacts.js';

/** Commands that work as they stand, for whoever wants to ask the ledger next. */
export function curlCommands(
  url: string,
  tokens: { auditor: string; pipeline: string },
): { title: string; lines: string[] }[] {
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
