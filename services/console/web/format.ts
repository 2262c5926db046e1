const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compactCounts = new Intl.NumberFormat('en', {
  notation: 'compact',
  maximumSignificantDigits: 3,
});
const figures = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const spans = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' });
const utc = new Intl.DateTimeFormat('en-GB', {
  ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: 'UTC' },
});

/** What stands where there is nothing to say. */
export const none = '–';

/** Writes a count: `12,345`; from 100,000 on `123K`, `1.23M`. */
export function countText(count: number): string {
  return count < 100_000 ? counts.format(count) : compactCounts.format(count);
}

/** Writes a number with four digits that count. */
export function figureText(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? none : figures.format(value);
}

/** Writes a difference, with its sign where it is not 0. */
export function signedText(value: number): string {
  return `${value > 0 ? '+' : ''}${figureText(value)}`;
}

/** Writes a rate: `12.3/s`. */
export function rateText(perSecond: number): string {
  return `${perSecond < 100 ? figures.format(Math.round(perSecond * 10) / 10) : countText(perSecond)}/s`;
}

/** Writes a share of 0 to 1 as a percentage that never makes all or nothing of what is neither. */
export function shareText(share: number | undefined): string {
  if (share === undefined || !Number.isFinite(share)) return none;
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  const digits = percent > 99 || percent < 1 ? 2 : 1;
  return `${Math.min(99.99, Math.max(0.01, percent)).toFixed(digits)} %`;
}

/** Writes a duration in ms: `0.41 ms`, `12.3 ms`, `4.2 s`, `3 min`. */
export function durationText(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return none;
  if (ms < 1_000) return `${figures.format(Number(ms.toPrecision(3)))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}

/** Writes a time in UTC: `15/06/2001, 18:00:00`. */
export function utcText(epochMs: number): string {
  return `${utc.format(epochMs)} UTC`;
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** Writes how long ago a time is: `3 min ago`; below a minute `just now`. */
export function agoText(epochMs: number, nowMs: number): string {
  const agoMs = nowMs - epochMs;
  for (const [unit, unitMs] of units) {
    if (Math.abs(agoMs) >= unitMs) return spans.format(-Math.round(agoMs / unitMs), unit);
  }
  return agoMs >= 0 ? 'just now' : 'in a moment';
}

/** Writes the first 12 digits of a hash, enough to tell any two apart here. */
export function hashText(hash: string): string {
  return hash.slice(0, 12);
}
