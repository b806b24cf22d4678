import type { Chart, Table } from './document.js';

/** The numbers of a chart as a table, for those who cannot see it and those who want to know exactly. */
export function tableOf({ id, title, category, unit, categories, series }: Chart): Table {
  return {
    id,
    caption: `${title} (${unit})`,
    columns: [
      { title: category, type: 'text' },
      ...series.map(({ name }) => ({ title: name === '' ? unit : name, type: 'number' as const })),
    ],
    rows: categories.map((name, index) => [name, ...series.map(({ values }) => values[index] ?? null)]),
  };
}
