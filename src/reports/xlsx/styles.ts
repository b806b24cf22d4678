import type { Border, Fill, Font } from 'exceljs';

export const INK = 'FF1F2937';
const ACCENT = 'FF1D4E5F';

const FACE: Partial<Font> = { name: 'Calibri', family: 2, size: 11 };

export const TITLE_FONT: Partial<Font> = { ...FACE, bold: true, size: 20, color: { argb: ACCENT } };
export const HEAD_FONT: Partial<Font> = { ...FACE, bold: true, color: { argb: INK } };
export const HEAD_FILL: Fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFE6EEF1' } };
export const HEAD_LINE: Partial<Border> = { style: 'medium', color: { argb: ACCENT } };
export const REMARK_FONT: Partial<Font> = { ...FACE, italic: true, color: { argb: 'FF6B7280' } };
export const LINK_FONT: Partial<Font> = { ...FACE, underline: true, color: { argb: ACCENT } };
