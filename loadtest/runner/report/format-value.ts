import type { MetricContent } from '../metrics/metric.ts';

/** Gives a figure of a metric as people read it: `12.34ms`, `1.5 MB`, `3`. */
export function formatValue(value: number, contains: MetricContent | string): string {
  if (contains === 'time') return formatMs(value);
  if (contains === 'data') return formatBytes(value);
  return trimmed(value, 3);
}

/** Gives a time in ms, µs, s or min. */
export function formatMs(ms: number): string {
  if (ms !== 0 && Math.abs(ms) < 1) return `${trimmed(ms * 1_000, 0)}µs`;
  if (Math.abs(ms) < 1_000) return `${trimmed(ms, 2)}ms`;
  if (Math.abs(ms) < 60_000) return `${trimmed(ms / 1_000, 2)}s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** Gives a share as a percentage. */
export function formatShare(share: number): string {
  return `${trimmed(share * 100, 2)}%`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${trimmed(bytes, 0)} B`;
  if (bytes < 1_000_000) return `${trimmed(bytes / 1_000, 1)} kB`;
  return `${trimmed(bytes / 1_000_000, 1)} MB`;
}

function trimmed(value: number, digitsMax: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: digitsMax });
}
