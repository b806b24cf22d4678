/** Tiles, metrics, tables and charts. */
export const PARTS_STYLE = `
.figure { text-wrap: balance; font-variant-numeric: tabular-nums lining-nums; line-height: 1.2; }
.previous { color: var(--muted); font-size: .88rem; font-variant-numeric: tabular-nums; }

.tiles { margin: 0; padding: 1px; display: grid; gap: 1px; grid-template-columns: repeat(auto-fit, minmax(min(10.5rem, 100%), 1fr)); }
.tile {
  padding: 1rem 1.1rem 1.1rem; box-shadow: 0 0 0 1px var(--rule);
  display: grid; grid-row: span 4; grid-template-rows: subgrid; row-gap: 0; align-content: start;
}
.tile dt { color: var(--muted); font-size: .85rem; }
.tile dd { margin: 0; }
.tile .figure {  font-size: 1.65rem; margin: .35rem 0 .5rem; letter-spacing: -.01em; }
.trend { font-size: .88rem; }
.trend::before { display: inline-block; width: 1.15em; }
.trend.better { color: var(--better); } .trend.better::before { content: "✓" / ""; }
.trend.worse { color: var(--worse); } .trend.worse::before { content: "!" / ""; font-weight: 700; }
.trend.same { color: var(--muted); } .trend.same::before { content: "=" / ""; }

.not-recorded { border: 1px dashed var(--warn); border-left: 4px solid var(--warn); background: var(--warn-ground); padding: .8rem 1rem; }
.not-recorded p { margin: 0; }
.not-recorded strong { color: var(--warn); }
.not-recorded .quiet { color: #4d4636; }

.metrics { display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); }
.metric { border: 1px solid var(--rule); border-top: 3px solid var(--accent); padding: 1rem 1.1rem; display: flex; flex-direction: column; }
.metric h3 { color: var(--muted); font-weight: 600; font-size: .9rem; }
.metric .figure { font-size: 1.45rem; margin: 0 0 .2rem; letter-spacing: -.01em; }
.metric .definition { font-size: .9rem; margin: .5rem 0 1rem; }
.metric .previous { margin: 0; }
.metric.no-data { border-top-color: var(--muted); }
.metric.no-data .figure { font-size: 1.1rem; color: var(--muted); }
.metric.not-recorded { border: 1px dashed var(--warn); border-top: 3px solid var(--warn); }
.metric.not-recorded .figure { font-size: 1.1rem; color: var(--warn); }
.metric.not-recorded .definition { margin-bottom: 0; }
.metric.not-recorded h3, .metric.not-recorded .previous { color: #4d4636; }
.parts { margin: auto 0 0; padding-top: .7rem; border-top: 1px solid var(--rule); font-size: .88rem; font-variant-numeric: tabular-nums; }
.parts div { display: flex; gap: .8rem; padding: .12rem 0; }
.parts dt { flex: 0 0 6.2rem; color: var(--muted); }
.parts dd { margin: 0; min-width: 0; }

.scroll {
  overflow-x: auto; max-width: 100%;
  background:
    linear-gradient(90deg, #fff 30%, #fff0) 0 0 / 2.5rem 100% no-repeat local,
    linear-gradient(270deg, #fff 30%, #fff0) 100% 0 / 2.5rem 100% no-repeat local,
    linear-gradient(90deg, #1d242b33, #1d242b00) 0 0 / .7rem 100% no-repeat scroll,
    linear-gradient(270deg, #1d242b33, #1d242b00) 100% 0 / .7rem 100% no-repeat scroll;
}
table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.4; overflow-wrap: normal; }
caption { text-align: left; font-size: .95rem; font-weight: 600; padding: 0 0 .5rem; overflow-wrap: anywhere; }
th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--rule); }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-bottom: 1.5px solid var(--ink); vertical-align: bottom; font-size: .8rem; font-weight: 600; color: var(--muted); }
tbody th { font-weight: 500; }
tbody th.text { white-space: nowrap; }
.number, .digest, thead .time { white-space: nowrap; }
.number, .time { font-variant-numeric: tabular-nums; }
.time { min-width: 5.6rem; }
.number { text-align: right; padding-right: 1.4rem; }
.wordy { min-width: 13rem; }
.unbroken { min-width: 16rem; overflow-wrap: anywhere; }
.table .quiet { margin: .6rem 0 0; }

.charts { display: grid; gap: 2.2rem 2.6rem; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); align-items: start; }
.chart { margin: 0; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: .7rem; }
.drawing { max-width: 27rem; }
.drawing svg { display: block; width: 100%; height: auto; }
.drawing svg text { font-family: var(--sans) !important; }
details { margin-top: .5rem; font-size: .92rem; }
summary { cursor: pointer; color: var(--accent); padding: .3rem 0; width: max-content; max-width: 100%; }
details caption { font-weight: 400; color: var(--muted); font-size: .88rem; }
details .table { max-width: 29rem; }
`;
