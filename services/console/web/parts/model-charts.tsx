import type { FigurePoint } from '../../core/views.ts';
import { durationText, rateText, shareText } from '../format.ts';
import { useHistory } from '../use-history.ts';
import { Chart } from './chart.tsx';

/** Traffic, latency and degraded answers of a model over the last hour. */
export function ModelCharts({
  model,
  newest,
}: {
  readonly model: string;
  readonly newest: FigurePoint | undefined;
}) {
  const points = useHistory(model, newest);
  const times = points.map(({ atMs }) => atMs);
  const last = points.at(-1);
  // A line is of two points.
  if (last === undefined || points.length < 2)
    return <p class="quiet">the first figures are on their way</p>;
  return (
    <div class="charts">
      <Chart
        title="Traffic"
        summary={`${rateText(last.perSecond)} now`}
        times={times}
        lines={[
          { name: 'traffic', color: '--line-1', values: points.map((point) => point.perSecond) },
        ]}
        format={rateText}
        topMin={1}
      />
      <Chart
        title="Latency"
        summary={`p50 ${durationText(last.latencyP50Ms)}, p99 ${durationText(last.latencyP99Ms)}`}
        times={times}
        lines={[
          { name: 'p50', color: '--line-1', values: points.map((point) => point.latencyP50Ms) },
          { name: 'p99', color: '--line-2', values: points.map((point) => point.latencyP99Ms) },
        ]}
        format={durationText}
        topMin={10}
      />
      <Chart
        title="Degraded answers"
        summary={`${shareText(last.degradedShare)} of the last minute`}
        times={times}
        lines={[
          {
            name: 'degraded',
            color: '--line-3',
            values: points.map((point) => point.degradedShare),
          },
        ]}
        format={shareText}
        topMin={0.1}
      />
    </div>
  );
}
