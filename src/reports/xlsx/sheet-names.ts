const MAX_LENGTH = 31;

/** A name that Excel accepts for each id, in order: no reserved characters, not too long, and none twice. */
export function sheetNames(ids: readonly string[]): string[] {
  // Excel keeps this one for itself.
  const taken = new Set(['history']);
  return ids.map((id) => {
    const name = readable(id);
    let candidate = name.slice(0, MAX_LENGTH);
    for (let copy = 2; taken.has(candidate.toLowerCase()); copy++) {
      const suffix = ` ${copy}`;
      candidate = name.slice(0, MAX_LENGTH - suffix.length) + suffix;
    }
    taken.add(candidate.toLowerCase());
    return candidate;
  });
}

/** `completed-changes` → `Completed changes`. */
function readable(id: string): string {
  const words = id.replace(/[^A-Za-z0-9]+/g, ' ').trim() || 'Sheet';
  return words.charAt(0).toUpperCase() + words.slice(1);
}
