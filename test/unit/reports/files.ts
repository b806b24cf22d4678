import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ReportDocument } from '../../../src/reports/document/document.js';
import { sampleDocument } from './sample-document.js';

const dist = new URL('../../../dist/reports/', import.meta.url);

/** A report with the texts in one column, each in a row of its own. */
export function textTable(texts: readonly string[]): ReportDocument {
  const columns = [{ title: 'Text', type: 'text' as const }];
  const table = { id: 'texts', caption: 'Texts', columns, rows: texts.map((text) => [text]) };
  return { ...sampleDocument, sections: [{ id: 'texts', title: 'Texts', blocks: [{ kind: 'table', table }] }] };
}

/** The sample's bytes as another process makes them, on the other side of the world. */
export function inOtherPlace(module: string, name: string): Promise<Buffer> {
  const script = `
    const { ${name}: render } = await import(${JSON.stringify(new URL(module, dist).href)});
    process.stdout.write(await render(JSON.parse(process.argv[1])));`;
  const env = { PATH: process.env['PATH'], TZ: 'Pacific/Kiritimati', LANG: 'ar_EG.UTF-8', LC_ALL: 'ar_EG.UTF-8' };
  const args = ['--input-type=module', '-e', script, JSON.stringify(sampleDocument)];
  const options = { env, cwd: fileURLToPath(dist), encoding: 'buffer' as const, maxBuffer: 64 << 20 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout) => {
      if (error) reject(new Error('it cannot be rendered there', { cause: error }));
      else resolve(stdout);
    });
  });
}
