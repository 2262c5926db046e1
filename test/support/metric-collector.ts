import { implement } from '../../services/shared/platform/grpc/implement.ts';
import { createServer, type MeshServer } from '../../services/shared/platform/grpc/server.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';

/** Takes the metrics of a service as an OpenTelemetry collector does, and keeps the values of gauges and counters. */
export class MetricCollector implements AsyncDisposable {
  readonly #server: MeshServer;
  readonly #values = new Map<string, number[]>();

  private constructor() {
    this.#server = createServer({
      name: 'metric-collector',
      address: '127.0.0.1:0',
      clock: systemClock,
      services: [
        implement('opentelemetry.proto.collector.metrics.v1.MetricsService', {
          export: ({ resourceMetrics }) => {
            for (const { scopeMetrics } of resourceMetrics) {
              for (const { metrics } of scopeMetrics) {
                for (const { name, gauge, sum } of metrics) {
                  const points = gauge?.dataPoints ?? sum?.dataPoints;
                  const values = points?.map(({ asDouble = 0 }) => asDouble) ?? [];
                  this.#values.set(name, [...this.valuesOf(name), ...values]);
                }
              }
            }
            return { partialSuccess: null };
          },
        }),
      ],
    });
  }

  /** Gives one that listens. */
  static async start(): Promise<MetricCollector> {
    const collector = new MetricCollector();
    await collector.#server.start();
    collector.#server.health.setAll(true);
    return collector;
  }

  /** Where it listens, as services want it. */
  get endpoint(): string {
    return `http://${this.#server.address}`;
  }

  /** Gives the values of a gauge, in the order in which they came. */
  valuesOf(name: string): readonly number[] {
    return this.#values.get(name) ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(100);
  }
}
