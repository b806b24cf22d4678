/** A tag of a page, as a strict reader finds it. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const TAG = /<(\/?[a-zA-Z][\w:-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*\/?>/y;
const ATTRIBUTE = /([\w:-]+)(?:="([^"<]*)")?/g;

/** Reads markup whose every `<` must begin a well-formed tag; throws where one does not. */
export function readMarkup(markup: string): { tags: Tag[]; text: string } {
  const tags: Tag[] = [];
  const texts: string[] = [];
  let at = markup.startsWith('<!DOCTYPE html>') ? '<!DOCTYPE html>'.length : 0;
  while (at < markup.length) {
    const next = markup.indexOf('<', at);
    texts.push(markup.slice(at, next < 0 ? undefined : next));
    if (next < 0) break;
    TAG.lastIndex = next;
    const [whole, name, rest] = TAG.exec(markup) ?? [];
    if (whole === undefined || name === undefined) throw new Error(`no tag: ${markup.slice(next, next + 80)}`);
    const attributes = [...(rest ?? '').matchAll(ATTRIBUTE)].map(
      ([, key = '', value = '']) => [key, decode(value)] as const,
    );
    tags.push({ name, attributes: new Map(attributes) });
    at = next + whole.length;
  }
  return { tags, text: decode(texts.join('\n')) };
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };

const decode = (text: string): string => text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? '');
