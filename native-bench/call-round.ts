import { percentile } from '../loadtest/load/order-statistics.ts';

/** What one round of calls measured. */
export interface CallFigures {
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** Makes calls one after the other in each of `inFlight` places until `durationMs` is over, and at least one in each. */
export async function runCalls(
  call: () => Promise<unknown>,
  inFlight: number,
  durationMs: number,
): Promise<CallFigures> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const place = async (): Promise<void> => {
    let now = performance.now();
    do {
      await call();
      const ended = performance.now();
      latencies.push(ended - now);
      now = ended;
    } while (now - startedAt < durationMs);
  };
  await Promise.all(Array.from({ length: inFlight }, place));
  const elapsedMs = performance.now() - startedAt;
  const ascending = Float64Array.from(latencies).sort();
  return {
    calls: latencies.length,
    callsPerSecond: (latencies.length / elapsedMs) * 1_000,
    p50Us: percentile(ascending, 0.5) * 1_000,
    p99Us: percentile(ascending, 0.99) * 1_000,
  };
}
