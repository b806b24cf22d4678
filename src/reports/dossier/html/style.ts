/** What a dossier has besides the reports' style: it is denser, since it goes on a page or two. */
export const DOSSIER_STYLE = `
.dossier { max-width: 64rem; }
.dossier .cover { padding: clamp(1.4rem, 4vw, 2.6rem) 0 1.4rem; }
.dossier h1 { font-size: clamp(1.5rem, 3.6vw, 2.1rem); margin-bottom: 1.1rem; }
.dossier h2 { font-size: 1.25rem; margin-bottom: .8rem; }
.dossier section { padding: 1.4rem 0 1.2rem; }
.dossier section > * + * { margin-top: .9rem; }
.dossier section > h2 + * { margin-top: 0; }
.dossier .facts { gap: .7rem 2rem; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); }
.dossier dd p { margin: 0; }
.dossier .scroll { scrollbar-width: thin; }
.said { margin: .9rem 0 0; }
.outcome { font-weight: 600; }
.outcome.succeeded { color: var(--better); }
.outcome.failed, .outcome.rolled-back, .outcome.refused { color: var(--worse); }
.alarm { border-left: 4px solid var(--worse); padding: .3rem 0 .3rem .8rem; }
.unrecorded { color: var(--warn); }
.questions { margin: 0; display: grid; gap: .5rem; }
.questions dd { margin: 0; }
.questions dt { font-size: .95rem; }
@media (max-width: 40rem) {
  .dossier .table table:has(th:nth-child(5)) { min-width: 34rem; }
}
@page { size: A4; margin: 12mm 14mm; }
@media print {
  .dossier .table table:has(th:nth-child(5)) { min-width: 0; }
  .dossier { font-size: .86rem; line-height: 1.35; }
  .dossier footer p { max-width: none; }
  .dossier .cover { padding: 0 0 .7rem; }
  .dossier h1 { font-size: 1.5rem; margin: .2rem 0 .6rem; }
  .dossier h2 { font-size: 1.05rem; margin-bottom: .4rem; }
  .dossier section { padding: .55rem 0 .5rem; }
  .dossier section > * + * { margin-top: .5rem; }
  .dossier .facts { gap: .3rem 1.4rem; grid-template-columns: repeat(4, 1fr); }
  .dossier .facts .wide { grid-column: span 2; }
  .dossier .questions { grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .3rem 1.4rem; }
  .dossier .questions dt, .dossier .questions dd { font-size: .85rem; line-height: 1.3; }
  .dossier .facts div { break-inside: avoid; }
  .dossier th, .dossier td { padding: .13rem .6rem .18rem 0; }
  .dossier caption { padding-bottom: .2rem; font-size: .85rem; }
  .dossier .time, .dossier .digest { white-space: normal; }
  .dossier footer { padding: .7rem 0 0; }
}
`.replace(/\s*\n\s*/g, '\n');
