import { renderExport } from '../exports/render-export.js';
import { countPopulation, hashPopulation } from '../population/population.js';
import { drawSample } from '../samples/draw.js';
import { makeFigure, makeReport } from '../advisory-board/jobs.js';
import { countEvidence, renderEvidence } from '../evidence/jobs.js';

/** Every job that a workshop can do, by name. */
export const JOBS = {
  countEvidence,
  countPopulation,
  drawSample,
  hashPopulation,
  renderEvidence,
  renderExport,
  'advisory-board': makeReport,
  'advisory-board-figure': makeFigure,
};

export type Jobs = typeof JOBS;
