import { Name, OneOf, Time } from '../input/fields.js';

/** The parameters that lists have in common, so that each means the same and is said in the same words everywhere. */
export const PageLimit = (): PropertyDecorator =>
  Name('limit', { optional: true, description: 'Rows a page, 1 to 500; 50 by default.' });

export const PageCursor = (): PropertyDecorator =>
  Name('cursor', { optional: true, description: 'Where the page before ended, as it was given there.' });

export const PageOrder = (): PropertyDecorator =>
  OneOf(['asc', 'desc'], { optional: true, description: 'asc: the oldest first; desc (the default): the newest.' });

export const Total = (): PropertyDecorator =>
  OneOf(['true', 'false'], { optional: true, description: 'Whether to count them all.' });

export const WindowClock = (): PropertyDecorator =>
  OneOf(['recorded', 'occurred'], {
    optional: true,
    description: 'Whose clock the window is read by; recorded by default.',
  });

/** @param when what the window looks at, as the beginning of "… at or after this time" */
export const WindowFrom = (when: string): PropertyDecorator =>
  Time({ optional: true, description: `${when} at or after this time. Left out, from the first.` });

export const WindowTo = (when: string): PropertyDecorator =>
  Time({ optional: true, description: `${when} before this time. Left out, to the last.` });
