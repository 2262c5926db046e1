import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** One line of a chart. */
export interface Line {
  readonly name: string;
  /** A custom property of the style sheet, such as `--line-1`. */
  readonly color: string;
  /** One value a time. */
  readonly values: readonly number[];
}

/** What a chart shows. */
export interface ChartProps {
  readonly title: string;
  /** What the newest values are, in words: what a reader of the page hears. */
  readonly summary: string;
  /** Epoch ms, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** Writes a value of the axis. */
  readonly format: (value: number) => string;
  /** What the axis reaches at least, so that little noise does not look like a mountain. */
  readonly topMin: number;
}

const heightPx = 130;

/** Lines over time. The picture is for the eye; its title and summary say the same in words. */
export function Chart({ title, summary, times, lines, format, topMin }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const data: uPlot.AlignedData = [
    times.map((ms) => ms / 1_000),
    ...lines.map(({ values }) => [...values]),
  ];
  // Whatever draws later draws what is there then.
  const newest = useRef(data);
  newest.current = data;
  const names = lines.map(({ name, color }) => `${name} ${color}`).join();
  // The plot is made anew for other lines alone; new data is given to the one that is there, below.
  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const draw = () => {
      plot.current?.destroy();
      const options = optionsOf(element.clientWidth, { lines, format, topMin });
      plot.current = new uPlot(options, newest.current, element);
    };
    draw();
    const resized = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: heightPx });
    });
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      scheme.removeEventListener('change', draw);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [names]);
  useEffect(() => plot.current?.setData(data));
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="quiet">{summary}</span>
      </figcaption>
      <div ref={holder} class="plot" aria-hidden="true" />
    </figure>
  );
}

function optionsOf(
  width: number,
  { lines, format, topMin }: Pick<ChartProps, 'lines' | 'format' | 'topMin'>,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--quiet'),
    grid: { stroke: color('--hairline'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  return {
    ...{ width, height: heightPx },
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (_, low, high) => [Math.min(0, low), Math.max(topMin, high * 1.1)] } },
    axes: [
      { ...axis, size: 26, values: (_, seconds) => clockTexts(seconds) },
      { ...axis, size: 52, values: (_, values) => values.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ name, color: line }) => ({
        label: name,
        stroke: color(line),
        width: 1.5,
        points: { show: false },
      })),
    ],
  };
}

/** Writes times in seconds since the epoch as those of a clock in UTC, with seconds where less than a minute lies between two. */
function clockTexts(seconds: readonly number[]): string[] {
  const [first = 0, second = 0] = seconds;
  const chars = second - first < 60 ? 8 : 5;
  return seconds.map((each) => new Date(each * 1_000).toISOString().slice(11, 11 + chars));
}
