/**
 * A report as every renderer reads it: sections of blocks, with numbers and links, and nothing of any format. The same
 * document gives the same bytes in each format, so nothing here may depend on when or where it is rendered.
 */
export interface ReportDocument {
  readonly title: string;
  /** What the document was made from. It is written into every format, so that a file can be checked by itself. */
  readonly address: ReportAddress;
  /** Facts of the front page, in order: period, scope, position, … */
  readonly cover: readonly Fact[];
  readonly sections: readonly Section[];
}

/** Names one report among all that there can be: the same address gives the same bytes. */
export interface ReportAddress {
  readonly report: 'advisory-board';
  /** Sorted. */
  readonly environments: readonly string[];
  /** RFC 3339, UTC, milliseconds; the period is `from ≤ t < to`. */
  readonly from: string;
  readonly to: string;
  /** What the ledger knew: its last position that counts. */
  readonly position: number;
  /** Version of the metrics' definitions and of the layout. */
  readonly definitions: number;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export interface Section {
  /** Stable name, used as an anchor: `summary`, `completed-changes`. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  /** Something that nothing writes into the ledger yet: said, and never shown as zero. */
  | { readonly kind: 'not-recorded'; readonly what: string; readonly needs: string }
  | { readonly kind: 'tiles'; readonly tiles: readonly Tile[] }
  | { readonly kind: 'metrics'; readonly metrics: readonly Metric[] }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'chart'; readonly chart: Chart };

/** A number that a reader takes in at a glance, with how it moved. */
export interface Tile {
  readonly title: string;
  readonly display: string;
  /** How it was in the period before, as text; absent where there is nothing to compare with. */
  readonly previous?: string;
  readonly trend?: 'better' | 'worse' | 'same';
}

export interface Metric {
  readonly id: string;
  readonly title: string;
  /** The formula in words. */
  readonly definition: string;
  /** `no-data`: nothing to divide by. `not-recorded`: needs events that nothing writes yet. */
  readonly status: 'known' | 'no-data' | 'not-recorded';
  /** For people: `3 of 41 (7.3 %)`, `2 d 4 h`, or why there is none. */
  readonly display: string;
  readonly unit: 'ratio' | 'per-day' | 'seconds' | 'score';
  /** In `unit`; null unless the status is `known`. */
  readonly value: number | null;
  readonly numerator?: number;
  readonly denominator?: number;
  readonly previous?: { readonly display: string; readonly value: number | null };
  /** What was counted. */
  readonly counted: Counted;
  /** What was looked at and not counted, and why. */
  readonly leftOut: readonly (Counted & { readonly reason: string })[];
}

export interface Counted {
  readonly count: number;
  /** Path and query of exactly these events: `/v1/reports/advisory-board/figures/…`. */
  readonly link: string;
}

export interface Table {
  /** Stable name, used for sheets and files: `completed-changes`. */
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows that are not shown because there are too many, and where they are. */
  readonly more?: Counted;
}

export interface Column {
  readonly title: string;
  /** `digest`: shown short, kept whole. `time`: RFC 3339. */
  readonly type: 'text' | 'number' | 'time' | 'digest';
}

/** Null where there is nothing to say. */
export type Cell = string | number | null | { readonly text: string; readonly link: string };

/** Drawn, and told as a table beside it for those who cannot see it. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** `calendar`: a square a day, its categories being dates; it has one series. */
  readonly kind: 'bars' | 'stacked-bars' | 'line' | 'calendar';
  /** What the categories are: `Week`, `Day`, `Reason`. */
  readonly category: string;
  /** What the values are: `changes`, `hours`. */
  readonly unit: string;
  readonly categories: readonly string[];
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  /** One a category; null where there is nothing. */
  readonly values: readonly (number | null)[];
}
