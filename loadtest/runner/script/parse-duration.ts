const unitsMs: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g;

/**
 * Reads a duration as k6 has it, into ms: `1m30s`, `500ms`, or a number of ms. Gives undefined for what is none, or is negative.
 * @source https://grafana.com/docs/k6/latest/using-k6/k6-options/how-to/ and Go's time.ParseDuration
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  let ms = 0;
  let read = 0;
  for (const [whole, count, unit] of text.matchAll(part)) {
    ms += Number(count) * (unitsMs.get(unit ?? '') ?? Number.NaN);
    read += whole.length;
  }
  return text !== '' && read === text.length ? ms : undefined;
}
