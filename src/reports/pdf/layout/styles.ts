import type { FontName } from './fonts.js';

export interface TextStyle {
  readonly font: FontName;
  readonly size: number;
  readonly color: string;
}

export const INK = '#1f2937';
export const MUTED = '#5b6472';
export const ACCENT = '#1d4e5f';
export const RULE = '#d5dbe1';
export const SHADE = '#eef3f5';

export const TITLE: TextStyle = { font: 'bold', size: 24, color: ACCENT };
export const SECTION: TextStyle = { font: 'bold', size: 15, color: ACCENT };
export const CAPTION: TextStyle = { font: 'bold', size: 9.5, color: INK };
export const BODY: TextStyle = { font: 'regular', size: 9, color: INK };
export const STRONG: TextStyle = { font: 'bold', size: 9, color: INK };
export const SMALL: TextStyle = { font: 'regular', size: 7.5, color: MUTED };
export const CODE: TextStyle = { font: 'mono', size: 6.5, color: MUTED };

export const LEADING = 1.3;
