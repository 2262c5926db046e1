/** One line of a chart; undefined leaves a gap. */
export interface ChartLine {
  readonly name: string;
  /** Class of the stylesheet that gives its colour. */
  readonly tone: string;
  readonly values: readonly (number | undefined)[];
}

/** A chart over time. */
export interface Chart {
  readonly title: string;
  /** What the vertical axis counts, such as `ms`. */
  readonly unit: string;
  /** Ms from the begin, one for each value. */
  readonly atMs: readonly number[];
  readonly lines: readonly ChartLine[];
  /** Height at which a dashed line stands for an objective. */
  readonly bound?: number;
}

const width = 720;
const height = 220;
const left = 56;
const right = 12;
const top = 10;
const bottom = 26;
const ticks = 4;

/** Draws a chart as SVG with a legend: nothing is fetched and nothing runs when it is shown. Points say their values when they are pointed at. */
export function svgChart(chart: Chart): string {
  const { title, unit, atMs, lines, bound } = chart;
  const endMs = Math.max(1, atMs.at(-1) ?? 0);
  const values = lines.flatMap((line) => line.values).filter((value) => value !== undefined);
  const max = niceMax(Math.max(...values, bound ?? 0, 0));
  const x = (ms: number) => left + (ms / endMs) * (width - left - right);
  const y = (value: number) => height - bottom - (value / max) * (height - top - bottom);
  const body = [
    ...gridLines(max, y),
    ...timeLabels(endMs, x),
    ...(bound === undefined ? [] : [boundLine(bound, y)]),
    ...lines.map((line) => linePath(line, atMs, x, y)),
    ...hoverBands(chart, x),
  ];
  const legend = lines.map(
    ({ name, tone }) => `<span class="key ${tone}">${escapeHtml(name)}</span>`,
  );
  if (bound !== undefined) legend.push(`<span class="key bound">objective ${bound} ${unit}</span>`);
  return [
    `<figure><figcaption>${escapeHtml(title)} <small>${escapeHtml(unit)}</small></figcaption>`,
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">`,
    ...body,
    `</svg><div class="legend">${legend.join(' ')}</div></figure>`,
  ].join('\n');
}

function gridLines(max: number, y: (value: number) => number): readonly string[] {
  return Array.from({ length: ticks + 1 }, (_, index) => {
    const value = (max * index) / ticks;
    const at = y(value).toFixed(1);
    const label = value.toLocaleString('en-US', { maximumFractionDigits: 2 });
    return `<line class="grid" x1="${left}" x2="${width - right}" y1="${at}" y2="${at}"/><text class="axis" x="${left - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">${label}</text>`;
  });
}

function timeLabels(endMs: number, x: (ms: number) => number): readonly string[] {
  return Array.from({ length: ticks + 1 }, (_, index) => {
    const ms = (endMs * index) / ticks;
    const anchor = index === 0 ? 'start' : index === ticks ? 'end' : 'middle';
    return `<text class="axis" x="${x(ms).toFixed(1)}" y="${height - 8}" text-anchor="${anchor}">${secondsOf(ms)}</text>`;
  });
}

function boundLine(bound: number, y: (value: number) => number): string {
  const at = y(bound).toFixed(1);
  return `<line class="bound" x1="${left}" x2="${width - right}" y1="${at}" y2="${at}"/>`;
}

function linePath(
  { tone, values }: ChartLine,
  atMs: readonly number[],
  x: (ms: number) => number,
  y: (value: number) => number,
): string {
  let isDown = false;
  const steps = values.map((value, index) => {
    const ms = atMs[index];
    if (value === undefined || ms === undefined) {
      isDown = false;
      return '';
    }
    const step = `${isDown ? 'L' : 'M'}${x(ms).toFixed(1)} ${y(value).toFixed(1)}`;
    isDown = true;
    return step;
  });
  return `<path class="line ${tone}" d="${steps.join('')}"/>`;
}

/** A band for each point, as wide as its interval: pointing at it says its values. */
function hoverBands({ atMs, lines, unit }: Chart, x: (ms: number) => number): readonly string[] {
  return atMs.map((ms, index) => {
    const from = x(index === 0 ? 0 : (atMs[index - 1] ?? 0));
    const texts = lines.map(({ name, values }) => {
      const value = values[index];
      const shown = value?.toLocaleString('en-US', { maximumFractionDigits: 2 }) ?? 'none';
      return `${name}: ${shown} ${unit}`;
    });
    const text = escapeHtml([secondsOf(ms), ...texts].join('\n'));
    return `<rect class="band" x="${from.toFixed(1)}" width="${Math.max(0.1, x(ms) - from).toFixed(1)}" y="${top}" height="${height - top - bottom}"><title>${text}</title></rect>`;
  });
}

function secondsOf(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 6_000) / 10} min`;
}

/** Gives the next height whose quarters are short numbers. */
function niceMax(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (
    [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10]
      .map((step) => step * power)
      .find((step) => step >= value) ?? value
  );
}

/** Makes a text safe between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  const safe: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => safe[character] ?? character);
}
