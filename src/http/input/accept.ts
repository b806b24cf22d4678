/**
 * Whether the caller asks for a page: `text/html` is named, and no less wanted than JSON. A client that does
 * not mind what it gets is given JSON.
 */
export function prefersHtml(accept: string | undefined): boolean {
  const wanted = qualities(accept ?? '');
  const html = wanted.get('text/html') ?? 0;
  return html > 0 && html >= (wanted.get('application/json') ?? 0);
}

/** Media type → how much it is wanted (RFC 9110, 12.4.2). */
function qualities(accept: string): Map<string, number> {
  return new Map(
    accept.split(',').map((part) => {
      const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [type, quality === undefined ? 1 : Number(quality) || 0] as const;
    }),
  );
}
