import { countPopulation, hashPopulation } from '../population/population.js';
import type { Job } from './job.js';

/** Every job that a workshop can do, by name. */
export const JOBS = {
  head: ((_input: undefined, { events }) => events.head()) satisfies Job<undefined, number>,
  countPopulation,
  hashPopulation,
};

export type Jobs = typeof JOBS;
