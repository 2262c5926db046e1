/** Writes a count with thousands separated: `3,000,000`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Writes a share of 0 to 1 as a percentage, with as many digits as it takes to tell 99.9 from 100. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return '-';
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  // Rounding never makes all or nothing of what is neither.
  return `${Math.min(99.99, Math.max(0.01, percent)).toFixed(percent > 99 || percent < 1 ? 2 : 1)} %`;
}

/** Writes a duration with three digits that count: `0.41 ms`, `12.3 ms`, `4.2 s`, `3 min 05 s`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '-';
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const hours = ms / 3_600_000;
  if (hours >= 2) return `${Number(hours.toFixed(1))} h`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Writes a time in UTC, to the minute: `2001-06-15 18:00`. */
export function formatTime(epochMs: number): string {
  return Number.isFinite(epochMs)
    ? new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')
    : '-';
}

/** Writes a hash or digest by its first 12 digits, enough to tell any two apart here. */
export function formatHash(hash: string): string {
  return hash.slice(0, 12);
}

/** Gives bytes in MiB, or in KiB below one: `12.3 MiB`. */
export function formatBytes(bytes: number): string {
  const kib = bytes / 1_024;
  return kib < 1_024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1_024).toFixed(1)} MiB`;
}
