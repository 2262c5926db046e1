import type { ComparedShadow } from './compared-shadow.ts';

/** Pixels of a chart, and of the room around what it draws. */
const size = 320;
const room = 44;
const inner = size - 2 * room;
const colours = { shadow: '#b3541e', baseline: '#2f5d8a' } as const;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Draws how probable what was said came true, for both, as SVG: on the diagonal they are right. */
export function calibrationChart({ detail }: ComparedShadow): string {
  const most = Math.max(
    0.1,
    ...[...detail.shadowBins, ...detail.baselineBins].flatMap((bin) => [
      bin.meanProbability,
      bin.positiveRate,
    ]),
  );
  const points = (bins: typeof detail.shadowBins): readonly Point[] =>
    bins.map((bin) => ({ x: bin.meanProbability / most, y: bin.positiveRate / most }));
  const names = { title: 'Calibration', xName: 'said', yName: 'came true', most: most.toFixed(2) };
  return chart(names, [
    line(
      [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
      '#999',
      'stroke-dasharray="4 4"',
    ),
    ...both(points(detail.shadowBins), points(detail.baselineBins)),
  ]);
}

/** Draws the quantiles of the times of both, as SVG; the longest fills the height. */
export function latencyChart({ detail }: ComparedShadow): string {
  const { latencies } = detail;
  const most = Math.max(
    1,
    ...latencies.flatMap(({ shadowMs, baselineMs }) => [shadowMs, baselineMs]),
  );
  const width = 0.36 / Math.max(1, latencies.length);
  const bars = latencies.flatMap(({ share, shadowMs, baselineMs }, index) => {
    const x = (index + 0.5) / latencies.length;
    return [
      bar(x - width, width, shadowMs / most, colours.shadow),
      bar(x, width, baselineMs / most, colours.baseline),
      text(left(x), top(0) + 14, `p${share * 100}`, 'middle'),
    ];
  });
  return chart({ title: 'Times', xName: '', yName: 'ms', most: most.toFixed(1) }, bars);
}

/** Draws how often each score of the shadow met each of the baseline, as SVG: the darker the more. */
export function scoreChart({ detail }: ComparedShadow): string {
  const { scoreCounts } = detail;
  const bins = Math.round(Math.sqrt(scoreCounts.length));
  const most = Math.max(1, ...scoreCounts);
  const side = inner / Math.max(1, bins);
  const cells = scoreCounts.flatMap((count, at) => {
    if (count === 0) return [];
    const [row, column] = [Math.floor(at / bins), at % bins];
    // By the logarithm, or all but the most frequent would be white.
    const shade = (Math.log1p(count) / Math.log1p(most)).toFixed(3);
    const [x, y] = [left(row / bins).toFixed(1), top((column + 1) / bins).toFixed(1)];
    return [
      `<rect x="${x}" y="${y}" width="${side.toFixed(1)}" height="${side.toFixed(1)}" fill="${colours.shadow}" fill-opacity="${shade}"><title>${count} pairs</title></rect>`,
    ];
  });
  const names = { title: 'Scores', xName: 'baseline', yName: 'shadow', most: '1.00' };
  return chart(names, [
    ...cells,
    line(
      [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
      '#999',
      'stroke-dasharray="4 4"',
    ),
  ]);
}

/** How a chart is labelled. */
interface ChartNames {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  /** The largest value of the vertical axis. */
  readonly most: string;
}

function chart({ title, xName, yName, most }: ChartNames, shapes: readonly string[]): string {
  return [
    `<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${title}">`,
    text(size / 2, 18, title, 'middle'),
    line(
      [
        { x: 0, y: 1 },
        { x: 0, y: 0 },
        { x: 1, y: 0 },
      ],
      '#333',
    ),
    text(left(0) - 4, top(1) + 4, most, 'end'),
    text(left(0) - 4, top(0) + 4, '0', 'end'),
    text(size / 2, size - 8, xName, 'middle'),
    text(6, room - 14, yName, 'start'),
    ...shapes,
    '</svg>',
  ].join('\n');
}

function both(shadow: readonly Point[], baseline: readonly Point[]): readonly string[] {
  return [
    line(baseline, colours.baseline, 'stroke-width="2"'),
    line(shadow, colours.shadow, 'stroke-width="2"'),
    ...baseline.map((point) => dot(point, colours.baseline)),
    ...shadow.map((point) => dot(point, colours.shadow)),
  ];
}

function line(points: readonly Point[], colour: string, more = ''): string {
  const path = points.map(({ x, y }) => `${left(x).toFixed(1)},${top(y).toFixed(1)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour}" ${more}/>`;
}

function dot({ x, y }: Point, colour: string): string {
  return `<circle cx="${left(x).toFixed(1)}" cy="${top(y).toFixed(1)}" r="3" fill="${colour}"/>`;
}

function bar(x: number, width: number, height: number, colour: string): string {
  const y = top(height);
  return `<rect x="${left(x).toFixed(1)}" y="${y.toFixed(1)}" width="${(width * inner).toFixed(1)}" height="${(top(0) - y).toFixed(1)}" fill="${colour}"/>`;
}

function text(x: number, y: number, words: string, anchor: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="11">${words}</text>`;
}

function left(share: number): number {
  return room + share * inner;
}

function top(share: number): number {
  return size - room - share * inner;
}
