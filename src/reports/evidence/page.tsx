import { render } from 'preact-render-to-string';
import type { Manifest } from '../../ledger/evidence/manifest.js';
import { STYLE } from '../html/style.js';
import { Words } from '../html/words.js';
import type { Step } from './steps.js';

/** An event of the population, as its leaf tells of it. */
export interface Listed {
  readonly position: number;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly actor: string;
  /** Which of its texts are not here, and why; empty when all are. */
  readonly absent: string;
}

export interface PageFacts {
  readonly manifest: Manifest;
  /** The first of them. */
  readonly listed: readonly Listed[];
  readonly steps: readonly Step[];
  readonly isRange: boolean;
  readonly cosignatures: number;
}

/** Nothing is loaded and nothing runs, wherever the page is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const OWN_STYLE = `
pre { background: var(--panel); border: 1px solid var(--rule); padding: .8rem 1rem; overflow-x: auto; overflow-wrap: normal; }
pre code { font-size: .8rem; line-height: 1.5; }
.steps { padding-left: 1.6rem; } .steps > li { margin-bottom: 1.8rem; } .steps h3 { break-after: avoid; }
@media print { pre { white-space: pre-wrap; overflow-wrap: anywhere; } }
`;

/** `index.html` of a package: what it proves, what it does not, and how to check it by hand. */
export const renderPage = (facts: PageFacts): string => `<!DOCTYPE html>\n${render(<Page {...facts} />)}\n`;

const Page = ({ manifest, listed, steps, isRange, cosignatures }: PageFacts) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={POLICY} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light" />
      <title>Evidence from a ledger</title>
      <style dangerouslySetInnerHTML={{ __html: `${STYLE}${OWN_STYLE}` }} />
    </head>
    <body>
      <a class="skip" href="#evidence">
        Skip to the evidence
      </a>
      <Cover manifest={manifest} />
      <main id="evidence" tabIndex={-1}>
        <Meaning isRange={isRange} cosignatures={cosignatures} />
        <Members />
        <Steps steps={steps} />
        <Population manifest={manifest} listed={listed} />
      </main>
    </body>
  </html>
);

const grouped = (count: number): string => count.toLocaleString('en-US');

const Cover = ({ manifest }: { manifest: Manifest }) => (
  <header class="cover">
    <p class="kind">Evidence package</p>
    <h1>{grouped(manifest.population.count)} events of a ledger, with their proofs</h1>
    <dl class="facts">
      <Fact name="Log" value={manifest.origin} />
      {Object.entries(manifest.query).map(([name, values]) => (
        <Fact name={`Asked for: ${name}`} value={values.join(', ')} />
      ))}
      <Fact name="As of position" value={String(manifest.position)} />
      <Fact name="Events in the log at the checkpoint" value={grouped(manifest.size)} />
      <Fact name="Shown whole" value={grouped(manifest.disclosed)} />
      <Fact name="With something withheld" value={grouped(manifest.withheld)} />
      <Fact name="With erased remarks" value={grouped(manifest.erased)} />
      <Fact name="Root of the population" value={manifest.population.root} />
    </dl>
  </header>
);

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>
      <Words text={name} />
    </dt>
    <dd>
      <Words text={value} />
    </dd>
  </div>
);

const Meaning = ({ isRange, cosignatures }: { isRange: boolean; cosignatures: number }) => (
  <section aria-labelledby="meaning">
    <h2 id="meaning">What this proves, and what it does not</h2>
    <p>
      The ledger is a list to which events are only ever added. Each event is a leaf of one tree of hashes, and the
      tree’s root is signed. Not a letter of an event can change, and none can be moved, without the root being another
      one.
    </p>
    <h3>It proves</h3>
    <ul>
      <li>
        that each event here stood in the log, at its position, as it is shown here, when the checkpoint was signed;
      </li>
      <li>who it says did it, when the ledger took it, and which place it has in its stream;</li>
      <li>
        also of what is withheld or erased, that it was there: its leaf has the hash of it under a secret salt, so
        nobody can guess it, and whoever has the text and the salt can show it later;
      </li>
      {isRange && <li>that no event between the first and the last one was left out.</li>}
    </ul>
    <h3>It does not prove</h3>
    <ul>
      <li>that an event is true: only that it was said, and by whom the ledger took it to be said;</li>
      {!isRange && (
        <li>
          that no other event fits what was asked. Ask for the package with completeness “range”, which has the leaf of
          every event in between, or compare the revisions: those of a stream are numbered without gaps;
        </li>
      )}
      <li>
        that the key is the log’s. Compare <code>keys/0.vkey</code> with the one that you have from elsewhere;
      </li>
      <li>
        that everybody is shown the same log.{' '}
        {cosignatures === 0
          ? 'No witness has signed this checkpoint: compare it with one that others were given.'
          : 'The checkpoint has further signatures: those of witnesses whose keys you have speak against a second log.'}
      </li>
    </ul>
  </section>
);

const MEMBERS: readonly (readonly [string, string])[] = [
  ['manifest.json', 'what was asked, how many events there are, and the root over them'],
  ['checkpoint', 'the signed head of the log'],
  [
    'keys/',
    'the log’s keys from the first: .vkey as they are handed out, .pem for openssl, .rotation from one to the next',
  ],
  ['leaves.ndjson', 'what the tree has of each event, a line each, by position'],
  ['proofs.txt', 'in the same lines: the position, and the hashes from the leaf to the root'],
  ['events.ndjson', 'in the same lines: what is shown of the event, and the salts of that'],
  ['SHA256SUMS', 'the digest of every other file'],
];

const Members = () => (
  <section aria-labelledby="members">
    <h2 id="members">What is in it</h2>
    <dl class="facts">
      {MEMBERS.map(([name, holds]) => (
        <div>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>{holds}</dd>
        </div>
      ))}
    </dl>
  </section>
);

const Steps = ({ steps }: { steps: readonly Step[] }) => (
  <section aria-labelledby="steps">
    <h2 id="steps">How to check it by hand</h2>
    <p>
      Unpack it, open <code>bash</code> in the folder and copy the commands as they stand, one block after the other.
      They need nothing but <code>bash</code>, the tools that every GNU/Linux has, and <code>openssl</code> 3. Each says
      OK or WRONG. <code>cairn verify</code> with the package does all of it at once.
    </p>
    <ol class="steps">
      {steps.map(({ title, why, commands, seen }) => (
        <li>
          <h3>{title}</h3>
          {why.map((sentence) => (
            <p>{sentence}</p>
          ))}
          {/* Who reads it with a keyboard has to be able to scroll it. */}
          <pre tabIndex={0}>
            <code>{commands}</code>
          </pre>
          <p class="quiet">Seen when all is well: {seen}</p>
        </li>
      ))}
    </ol>
  </section>
);

const Population = ({ manifest: { population }, listed }: { manifest: Manifest; listed: readonly Listed[] }) => (
  <section aria-labelledby="population">
    <h2 id="population">The events</h2>
    {listed.length < population.count && (
      <p>
        The first {grouped(listed.length)} of {grouped(population.count)}; all of them are in <code>leaves.ndjson</code>
        .
      </p>
    )}
    <div class="scroll" tabIndex={0} role="region" aria-labelledby="by-position">
      <table>
        <caption id="by-position">By position</caption>
        <thead>
          <tr>
            {['Position', 'Type', 'Stream', 'Revision', 'Recorded', 'By', 'Not shown'].map((head) => (
              <th scope="col">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {listed.map(({ position, type, stream, revision, recordedAt, actor, absent }) => (
            <tr>
              <th scope="row">{position}</th>
              {[type, stream, String(revision), recordedAt, actor, absent].map((text) => (
                <td>
                  <Words text={text} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </section>
);
