import bidiFactory, { type Bidi } from 'bidi-js';

// The package is CommonJS whose one export is the function, which its types do not say.
const bidi = (bidiFactory as unknown as () => Bidi)();

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Also the scripts that only few write: they are laid out the same way. */
const MAYBE_RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

export interface Run {
  /** In the order in which it is read, or already turned where the font would not turn it. */
  readonly text: string;
  /** To be turned and joined by the font. */
  readonly shaped: boolean;
}

export function isRightToLeft(text: string): boolean {
  return MAYBE_RIGHT_TO_LEFT.test(text) && bidi.getEmbeddingLevels(text).paragraphs[0]?.level === 1;
}

/** The line in pieces from left to right, as UAX #9 orders them. */
export function visualRuns(line: string, base: 'ltr' | 'rtl'): Run[] {
  if (base === 'ltr' && !MAYBE_RIGHT_TO_LEFT.test(line)) return [{ text: line, shaped: false }];
  const { levels } = bidi.getEmbeddingLevels(line, base);
  return reordered(levelRuns(levels)).map(({ start, end, level }) =>
    level % 2 === 0 ? { text: line.slice(start, end), shaped: false } : turned(line.slice(start, end)),
  );
}

interface LevelRun {
  readonly start: number;
  readonly end: number;
  readonly level: number;
}

function levelRuns(levels: Uint8Array): LevelRun[] {
  const runs: LevelRun[] = [];
  let start = 0;
  for (let end = 1; end <= levels.length; end++) {
    if (end < levels.length && levels[end] === levels[start]) continue;
    runs.push({ start, end, level: levels[start] ?? 0 });
    start = end;
  }
  return runs;
}

/** Rule L2: from the highest level down to the lowest odd one, every sequence at that level or above is reversed. */
function reordered(runs: readonly LevelRun[]): LevelRun[] {
  const result = [...runs];
  for (let level = Math.max(0, ...runs.map((run) => run.level)); level >= 1; level--) {
    for (let from = 0; from < result.length; from++) {
      let to = from;
      while (to < result.length && result[to]!.level >= level) to++;
      if (to - from > 1) result.splice(from, to - from, ...result.slice(from, to).reverse());
      from = Math.max(from, to);
    }
  }
  return result;
}

/** Rule L4 mirrors brackets. The font turns a run by its script; one of signs alone has none and is turned here. */
function turned(text: string): Run {
  const mirrored = [...text].map((character) => bidi.getMirroredCharacter(character) ?? character);
  const shaped = RIGHT_TO_LEFT.test(text);
  return { text: (shaped ? mirrored : mirrored.reverse()).join(''), shaped };
}
