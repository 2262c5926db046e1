import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricSink } from '../../kernel/metric-sink.ts';

const nsPerMs = 1_000_000;
const resolutionMs = 10;

/** Measures this process: delay of its event loop, memory. Disposing ends that. */
export function measureProcess(metrics: MetricSink): Disposable {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const gauges = [
    metrics.gauge(
      {
        name: 'mesh.process.event_loop_delay',
        unit: 'ms',
        description: '99th percentile of the delay of the event loop since the last collection',
        labels: [],
      },
      () => {
        // Node measures from one tick to the next: an idle loop has the resolution itself.
        const p99Ms = Math.max(0, delay.percentile(99) / nsPerMs - resolutionMs);
        delay.reset();
        return p99Ms;
      },
    ),
    metrics.gauge(
      {
        name: 'mesh.process.memory',
        unit: 'By',
        description: 'resident memory of the process, native libraries included',
        labels: [],
      },
      () => process.memoryUsage.rss(),
    ),
  ];
  return {
    [Symbol.dispose]() {
      delay.disable();
      for (const gauge of gauges) gauge[Symbol.dispose]();
    },
  };
}
