type Required<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };
type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** The same without members that are undefined: an event says nothing rather than `undefined`. */
export function defined<T extends object>(value: T): Required<T> & Optional<T> {
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) result[key] = member;
  }
  return result as Required<T> & Optional<T>;
}
