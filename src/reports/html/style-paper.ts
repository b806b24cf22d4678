/** On paper: nothing that stands together is torn apart, and a link says where it leads. */
export const PAPER_STYLE = `
@page { size: A4; margin: 18mm 16mm; }
@media print {
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; }
  .skip { display: none; }
  .columns { display: block; }
  nav { position: static; padding-top: 1.4rem; max-height: none; overflow: visible; }
  nav ol { columns: 2; }
  .cover { padding-top: 0; }
  section { padding: 1.6rem 0 1rem; }
  h2, h3, figcaption, caption { break-after: avoid; }
  .tile, .metric, .drawing, .not-recorded, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  tbody tr:nth-child(-n + 2) { break-before: avoid; }
  .scroll { overflow: visible; background: none; }
  table { font-size: .82rem; }
  th, td { padding: .32rem .6rem .32rem 0; }
  .number { padding-right: 1rem; }
  footer { break-inside: avoid; }
  .digest code { font-size: .78em; }
  .wordy, .unbroken { min-width: 0; }
  .charts { grid-template-columns: 1fr 1fr; gap: 1.4rem 2rem; }
  .tiles { grid-template-columns: repeat(3, 1fr); }
  .metrics { grid-template-columns: 1fr 1fr; gap: .8rem; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { display: none; }
  .counted a::after, .parts a::after { content: " " attr(data-path); font: .72em var(--mono); color: var(--muted); }
  a { color: inherit; }
  tbody th.text { white-space: normal; }
}
`;
