import { PAPER_STYLE } from './style-paper.js';
import { PARTS_STYLE } from './style-parts.js';

/** Colours and the frame of the page. Each text colour has 4.5:1 and more on what it stands on. */
const FRAME = `
:root {
  --ink: #1d242b; --muted: #56616c; --rule: #d9dee3; --panel: #f5f7f8; --accent: #1d4f7a;
  --better: #1b6444; --worse: #9b3118; --warn: #7a5200; --warn-ground: #fdf7e8;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
*, *::before, *::after { box-sizing: border-box; }
html { color-scheme: light; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 82rem; padding: 0 clamp(1rem, 3.5vw, 2.5rem);
  color: var(--ink); background: #fff; font: 1rem/1.55 var(--sans); overflow-wrap: anywhere;
}
h1, h2 { font-family: var(--serif); font-weight: 600; line-height: 1.2; text-wrap: balance; }
h1 { font-size: clamp(1.7rem, 4.5vw, 2.6rem); margin: .3rem 0 1.6rem; letter-spacing: -.01em; max-width: 24em; }
h2 { font-size: 1.55rem; margin: 0 0 1.2rem; }
h3 { font-size: 1rem; margin: 0 0 .4rem; }
p { margin: 0 0 .8rem; max-width: 42rem; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .18em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
main:focus { outline: none; }
code { font: .88em var(--mono); }
.quiet, .none { color: var(--muted); }
.quiet { font-size: .9rem; }
.skip { position: absolute; left: -999rem; background: #fff; padding: .6rem 1rem; }
.skip:focus { left: 1rem; top: 1rem; z-index: 1; }

.cover { padding: clamp(2rem, 6vw, 4.5rem) 0 2rem; border-bottom: 2px solid var(--ink); }
.kind { margin: 0; color: var(--muted); font-size: .82rem; letter-spacing: .08em; text-transform: uppercase; }
.facts { margin: 0; display: grid; gap: 1rem 2.5rem; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); }
.facts dt { color: var(--muted); font-size: .82rem; }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; }

nav { padding-top: 2rem; }
nav h2 { font: 600 .82rem var(--sans); letter-spacing: .08em; text-transform: uppercase; color: var(--muted); margin: 0 0 .6rem; }
nav ol { margin: 0; padding: 0; list-style: none; counter-reset: section; columns: 15rem; column-gap: 2rem; }
nav li { counter-increment: section; break-inside: avoid; }
nav a { display: grid; grid-template-columns: 1.7rem 1fr; padding: .25rem 0; text-decoration: none; color: var(--ink); }
nav a::before { content: counter(section); color: var(--muted); }
nav a:hover { text-decoration: underline; }
main { counter-reset: section; min-width: 0; }
section { padding: 2.6rem 0 1.6rem; border-bottom: 1px solid var(--rule); counter-increment: section; }
section > h2::before { content: counter(section); color: var(--muted); font-weight: 400; margin-right: .7rem; }
section > * + * { margin-top: 1.6rem; }
section > h2 + *, section > p + p { margin-top: 0; }
footer { padding: 1.6rem 0 3rem; color: var(--muted); font-size: .85rem; }

@media (min-width: 75rem) {
  .columns { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: 2.5rem; }
  nav ol { columns: auto; }
  nav { position: sticky; top: 0; align-self: start; padding-top: 2.9rem; max-height: 100vh; overflow-y: auto; font-size: .92rem; }
}
`;

/** The page's whole style sheet, in as few bytes as it takes without a tool. */
export const STYLE = [FRAME, PARTS_STYLE, PAPER_STYLE].join('').replace(/\s*\n\s*/g, '\n');
