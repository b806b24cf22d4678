/** How wide a column wants to be: so that nothing wraps, and so that no word breaks. */
export interface Wish {
  readonly natural: number;
  readonly least: number;
}

/**
 * Widths that fill the room exactly: every column its natural width if there is room, else first what its words need,
 * and where even that is too much, the widest give.
 */
export function fitColumns(wishes: readonly Wish[], room: number): number[] {
  const natural = sum(wishes.map((wish) => wish.natural));
  if (natural <= room) return wishes.map((wish) => wish.natural + (room - natural) * (wish.natural / natural));
  const least = wishes.map((wish) => wish.least);
  if (sum(least) >= room) return capped(least, room);
  const share = (room - sum(least)) / (natural - sum(least));
  return wishes.map((wish) => wish.least + (wish.natural - wish.least) * share);
}

/** The widths cut down to one cap, such that they fill the room. */
function capped(widths: readonly number[], room: number): number[] {
  let left = room;
  const cut = new Map<number, number>();
  const fromNarrow = widths.map((_, index) => index).sort((a, b) => widths[a]! - widths[b]!);
  fromNarrow.forEach((index, position) => {
    const width = Math.min(widths[index]!, left / (widths.length - position));
    cut.set(index, width);
    left -= width;
  });
  return widths.map((_, index) => cut.get(index)!);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
