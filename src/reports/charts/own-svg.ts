/**
 * ECharts' SVG made part of our page: its ids carry a counter of the process, and it brings classes, styles and
 * attributes for a pointer that no report has. Each pattern needs a real quote, which in a text is always `&quot;`.
 */
export function ownSvg(svg: string, { id, title }: { id: string; title: string }): string {
  const prefix = `chart-${id.replace(/[^a-zA-Z0-9-]/g, '-')}`;
  const ids = new Map<string, string>();
  const own = (theirs: string): string => {
    const known = ids.get(theirs) ?? `${prefix}-${ids.size}`;
    ids.set(theirs, known);
    return known;
  };
  const plain = svg
    .replace(/<style\s*>[\s\S]*?<\/style>\n?/g, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events|baseProfile|version|xmlns:xlink)="[^"]*"/g, '')
    .replace(/(="url\(#| id=")(zr[\w-]+)/g, (_, before: string, theirs: string) => `${before}${own(theirs)}`);
  const head = `role="img" aria-labelledby="${prefix}-title"><title id="${prefix}-title">${escapeXml(title)}</title>`;
  return plain.replace('>', () => ` ${head}`);
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
