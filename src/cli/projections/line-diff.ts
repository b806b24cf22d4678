/** Lines kept around a difference. */
const CONTEXT = 2;

/** The lines in which two texts differ: `-` only in the first, `+` only in the second, with what stands around them. */
export function lineDiff(before: string, after: string): string[] {
  const lines = marked(before.split('\n'), after.split('\n'));
  const near = new Set<number>();
  lines.forEach((line, index) => {
    if (line.startsWith(' ')) return;
    for (let at = index - CONTEXT; at <= index + CONTEXT; at += 1) near.add(at);
  });
  return lines.flatMap((line, index) => {
    if (near.has(index)) return [line];
    return near.has(index - 1) ? ['…'] : [];
  });
}

/** Every line of both, in order, by the longest common subsequence. Texts of projections are short: a table will do. */
function marked(before: readonly string[], after: readonly string[]): string[] {
  const longest = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const at = (left: number, right: number): number => longest[left]?.[right] ?? 0;
  for (let left = before.length - 1; left >= 0; left -= 1) {
    for (let right = after.length - 1; right >= 0; right -= 1) {
      const isSame = before[left] === after[right];
      const length = isSame ? at(left + 1, right + 1) + 1 : Math.max(at(left + 1, right), at(left, right + 1));
      (longest[left] ?? [])[right] = length;
    }
  }
  const lines: string[] = [];
  let [left, right] = [0, 0];
  while (left < before.length || right < after.length) {
    const isInBoth = left < before.length && before[left] === after[right];
    const isOnlyBefore = left < before.length && (right === after.length || at(left + 1, right) >= at(left, right + 1));
    lines.push(
      `${isInBoth ? ' ' : isOnlyBefore ? '-' : '+'} ${(isInBoth || isOnlyBefore ? before[left] : after[right]) ?? ''}`,
    );
    if (isInBoth || isOnlyBefore) left += 1;
    if (isInBoth || !isOnlyBefore) right += 1;
  }
  return lines;
}
