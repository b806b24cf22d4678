/** Ink of axes and labels: 4.5:1 and more on white. */
export const INK = '#3d4752';
export const RULE = '#d5dae0';
export const PAPER = '#ffffff';
export const FONT_PX = 13;
export const FONT_FAMILY = 'sans-serif';

/** Each at least 3:1 on white; neighbours differ in lightness too, for those who see the hues alike. */
const COLOURS = ['#24567f', '#d0662a', '#4a9a8a', '#86307a', '#a87b00', '#5d6670'];

/** From nothing to the most: lightness alone tells the order. */
export const STEPS = [
  { fill: '#eef1f4', ink: INK },
  { fill: '#cfdfec', ink: '#1b232b' },
  { fill: '#9bc0dc', ink: '#1b232b' },
  { fill: '#3f78a8', ink: PAPER },
  { fill: '#1d4567', ink: PAPER },
] as const;

const WHITE_LINE = { color: 'rgba(255,255,255,0.55)', backgroundColor: 'transparent' };

/** A pattern on top of each colour but the first, so that no series is told by its hue alone. */
const DECALS = [
  { symbol: 'none' },
  { ...WHITE_LINE, symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4 },
  {
    ...WHITE_LINE,
    symbol: 'circle',
    dashArrayX: [
      [0, 6],
      [6, 0],
    ],
    dashArrayY: [6, 0],
    symbolSize: 0.6,
  },
  { ...WHITE_LINE, symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
  { ...WHITE_LINE, symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4] },
  { ...WHITE_LINE, symbol: 'rect', dashArrayX: [2, 4], dashArrayY: [1, 0] },
];
const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]] as const;
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle'];

const nth = <T>(values: readonly T[], index: number): T => values[index % values.length] as T;

export const colourOf = (index: number) => nth(COLOURS, index);
// Turned once more than the colours when those begin anew, so that pairs stay apart.
export const decalOf = (index: number) => nth(DECALS, index + Math.floor(index / COLOURS.length));
export const dashOf = (index: number) => nth(DASHES, index);
export const symbolOf = (index: number) => nth(SYMBOLS, index);
