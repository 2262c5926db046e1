import { statfsSync } from 'node:fs';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { processMetrics } from '../../kernel/metric-catalogue.ts';
import type { MetricSink } from '../../kernel/metric-sink.ts';

const nsPerMs = 1_000_000;
const usPerS = 1_000_000;
const resolutionMs = 10;
/** Between two scrapes of a Prometheus: each peak is seen by at least one. */
const windowMs = 15_000;

/** Measures this process: delay of its event loop, memory, processor time, and the disk of its data. Disposing ends that. */
export function measureProcess(metrics: MetricSink, dataDirectory: string | undefined): Disposable {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let lastMs = 0;
  const timer = setInterval(() => {
    lastMs = p99Of(delay);
    delay.reset();
  }, windowMs).unref();
  // Whoever collects, and however many do, sees the same.
  const gauges = [
    metrics.gauge(processMetrics.eventLoopDelay, () => Math.max(lastMs, p99Of(delay))),
    metrics.gauge(processMetrics.memory, () => process.memoryUsage.rss()),
    metrics.observe(processMetrics.cpu, () => {
      const { user, system } = process.cpuUsage();
      return [{ labels: {}, value: (user + system) / usPerS }];
    }),
    ...(dataDirectory === undefined ? [] : measureDisk(metrics, dataDirectory)),
  ];
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      delay.disable();
      for (const gauge of gauges) gauge[Symbol.dispose]();
    },
  };
}

function p99Of(delay: IntervalHistogram): number {
  // Node measures from one tick to the next: an idle loop has the resolution itself.
  return Math.max(0, delay.percentile(99) / nsPerMs - resolutionMs);
}

function measureDisk(metrics: MetricSink, dataDirectory: string): readonly Disposable[] {
  const bytesOf = (blocks: 'bavail' | 'blocks') => () => {
    const disk = statfsSync(dataDirectory);
    return disk[blocks] * disk.bsize;
  };
  return [
    metrics.gauge(processMetrics.diskFree, bytesOf('bavail')),
    metrics.gauge(processMetrics.diskSize, bytesOf('blocks')),
  ];
}
