export const sorted = (values) => [...values].sort((a, b) => a - b);

export const median = (values) => quantile(values, 0.5);

export function quantile(values, part) {
  const ordered = sorted(values);
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * part))] ?? NaN;
}

export const rate = (perSecond) => `${Math.round(perSecond).toLocaleString('en')}/s`;
export const ms = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`;
export const mb = (bytes) => `${Math.round(bytes / 1024 / 1024)} MB`;

/** `at-least`: the ratio has to reach the target; `at-most`: it must not pass it. */
export function judge(ratio, { bound, target }) {
  const isReached = bound === 'at-least' ? ratio >= target : ratio <= target;
  return isReached ? 'pass' : 'MISS';
}
