import type { Clock } from '../../../services/shared/kernel/clock.ts';
import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import type { Metric } from '../metrics/metric.ts';
import { MetricRegistry, type SampleObserver } from '../metrics/metric-registry.ts';
import type { Tags } from '../metrics/metric-selector.ts';

/** A check of a script, over all virtual users. */
export interface CheckTally {
  passes: number;
  fails: number;
}

/** The metrics that k6 has by itself, and one that it does not: how late iterations were started. */
export interface BuiltInMetrics {
  readonly checks: Metric;
  readonly dataReceived: Metric;
  readonly dataSent: Metric;
  readonly droppedIterations: Metric;
  readonly grpcDuration: Metric;
  readonly iterationDuration: Metric;
  readonly iterationLateness: Metric;
  readonly iterations: Metric;
  readonly users: Metric;
  readonly usersMax: Metric;
}

/** Bytes and tags of a call. */
export interface CallSample {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly tags: Tags;
}

/** What the virtual users of a run share. */
export class RunHost {
  readonly clock: Clock;
  /** Folder of the script: files are named relative to it. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly registry: MetricRegistry;
  readonly metrics: BuiltInMetrics;
  readonly checks = new Map<string, CheckTally>();
  readonly connections = new Set<GrpcConnection>();
  /** Told what a script writes to its console. */
  readonly log: (text: string) => void;
  readonly #known = new Map<string, unknown>();

  constructor(options: {
    readonly clock: Clock;
    readonly folder: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly log: (text: string) => void;
    readonly observe: SampleObserver;
  }) {
    this.clock = options.clock;
    this.folder = options.folder;
    this.environment = options.environment;
    this.log = options.log;
    this.registry = new MetricRegistry(options.observe);
    this.metrics = builtInMetrics(this.registry);
  }

  /** Computes what all virtual users share once: the first one that asks for a key makes it. */
  once<T>(key: string, make: () => T): T {
    if (!this.#known.has(key)) this.#known.set(key, make());
    return this.#known.get(key) as T;
  }

  add(metric: Metric, value: number, tags: Tags): void {
    this.registry.add(metric, value, tags);
  }

  /** Takes one call in that has ended. */
  recordCall(durationMs: number, { sentBytes, receivedBytes, tags }: CallSample): void {
    this.add(this.metrics.grpcDuration, durationMs, tags);
    this.add(this.metrics.dataSent, sentBytes, tags);
    this.add(this.metrics.dataReceived, receivedBytes, tags);
  }

  recordCheck(name: string, isPassed: boolean, tags: Tags): void {
    const tally = this.checks.get(name) ?? { passes: 0, fails: 0 };
    if (isPassed) tally.passes += 1;
    else tally.fails += 1;
    this.checks.set(name, tally);
    this.add(this.metrics.checks, isPassed ? 1 : 0, { ...tags, check: name });
  }
}

function builtInMetrics(registry: MetricRegistry): BuiltInMetrics {
  return {
    checks: registry.define('checks', 'rate'),
    dataReceived: registry.define('data_received', 'counter', 'data'),
    dataSent: registry.define('data_sent', 'counter', 'data'),
    droppedIterations: registry.define('dropped_iterations', 'counter'),
    grpcDuration: registry.define('grpc_req_duration', 'trend', 'time'),
    iterationDuration: registry.define('iteration_duration', 'trend', 'time'),
    iterationLateness: registry.define('iteration_lateness', 'trend', 'time'),
    iterations: registry.define('iterations', 'counter'),
    users: registry.define('vus', 'gauge'),
    usersMax: registry.define('vus_max', 'gauge'),
  };
}
