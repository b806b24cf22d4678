import { addressText } from '../document/address.js';
import type { ReportDocument } from '../document/document.js';
import { visible } from '../document/visible.js';
import { Blocks } from './blocks.js';
import { STYLE } from './style.js';
import { Name, Words } from './words.js';

/** Nothing is loaded and nothing runs, wherever the file is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export function Page({ report }: { report: ReportDocument }) {
  return (
    <html lang="en">
      <Head report={report} />
      <body>
        <a class="skip" href="#report">
          Skip to the report
        </a>
        <Cover report={report} />
        <div class="columns">
          <Contents report={report} />
          <main id="report" tabIndex={-1}>
            {report.sections.map(({ id, title, blocks }) => (
              <section id={id} aria-labelledby={`${id}-title`}>
                <h2 id={`${id}-title`}>
                  <Name text={title} />
                </h2>
                <Blocks blocks={blocks} />
              </section>
            ))}
          </main>
        </div>
        <Imprint report={report} />
      </body>
    </html>
  );
}

const Head = ({ report: { title, address } }: { report: ReportDocument }) => (
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content={POLICY} />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light" />
    <meta name="cairn-report" content={addressText(address)} />
    <title>{visible(title)}</title>
    <style dangerouslySetInnerHTML={{ __html: STYLE }} />
  </head>
);

/** A date stays on one line: its hyphens are no places to break. */
const unbroken = (title: string): string => title.replace(/(\d{4})-(\d\d)-(\d\d)/g, '$1\u2011$2\u2011$3');

const Cover = ({ report: { title, cover } }: { report: ReportDocument }) => (
  <header class="cover">
    <p class="kind">Change advisory board report</p>
    <h1>
      <Name text={unbroken(title)} />
    </h1>
    <dl class="facts">
      {cover.map(({ name, value }) => (
        <div>
          <dt>
            <Name text={name} />
          </dt>
          <dd>
            <Words text={value} />
          </dd>
        </div>
      ))}
    </dl>
  </header>
);

const Contents = ({ report: { sections } }: { report: ReportDocument }) => (
  <nav aria-labelledby="contents-title">
    <h2 id="contents-title">Contents</h2>
    <ol>
      {sections.map(({ id, title }) => (
        <li>
          <a href={`#${id}`}>
            <Name text={title} />
          </a>
        </li>
      ))}
    </ol>
  </nav>
);

const Imprint = ({ report: { address } }: { report: ReportDocument }) => (
  <footer>
    <p>
      Made by Cairn from its ledger, up to position {address.position}. Links lead to the server that made this report;
      on paper they stand as paths, without their query. The same address gives the same bytes:
    </p>
    <p>
      <code>{addressText(address)}</code>
    </p>
  </footer>
);
