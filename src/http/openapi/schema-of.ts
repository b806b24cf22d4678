interface Schema {
  type?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
}

/** The schema of an answer, read off its example, so that the two say the same. */
export function schemaOf(example: unknown): Schema {
  if (Array.isArray(example)) return { type: 'array', items: example.length > 0 ? schemaOf(example[0]) : {} };
  if (typeof example === 'object' && example !== null) {
    const properties = Object.entries(example).map(([name, value]) => [name, schemaOf(value)] as const);
    return { type: 'object', properties: Object.fromEntries(properties) };
  }
  if (typeof example === 'number') return { type: 'integer' };
  if (typeof example === 'boolean') return { type: 'boolean' };
  return example === null ? {} : { type: 'string' };
}
