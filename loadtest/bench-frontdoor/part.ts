import type { MeshConnection } from '../../services/cli/rpc/connect-mesh.ts';
import type { BenchMesh } from '../bench/bench-mesh.ts';
import type { OpenLoad, OpenLoadReport } from '../load/open-load.ts';
import type { PartResult, RoundOptions } from '../load/render-parts.ts';

/** What every part of the benchmark is told. */
export interface PartOptions extends RoundOptions {
  /** Seconds of the parts that last: a hung model and an overload. */
  readonly longSeconds: number;
  readonly soakMinutes: number;
  readonly show: (text: string) => void;
}

/** What parts run against. */
export interface FrontDoor {
  readonly mesh: BenchMesh;
  readonly connection: MeshConnection;
  /** Address of a bare grpc-js server that decodes the same requests and answers at once. */
  readonly echoAddress: string;
  /** Address of one that waits on a timer of 50 ms before it answers. */
  readonly timerAddress: string;
  /** Requests a second that the router answers in time when it has no rest: 64 in flight. Measured once, before the first part. */
  readonly capacity: number;
  /** Sends a load of Predict calls, to the router unless another address is named. */
  readonly load: (
    load: Omit<OpenLoad, 'path' | 'framesFile' | 'address'> & { readonly address?: string },
  ) => Promise<OpenLoadReport>;
}

/** One part of the benchmark. */
export interface Part {
  readonly name: string;
  readonly keys: readonly string[];
  /** Whether it runs only when it is asked for by name. */
  readonly isExtra?: true;
  run(door: FrontDoor, options: PartOptions, signal: AbortSignal): Promise<PartResult>;
}

/** Gives the head of a table of loads. */
export const loadHead = [
  'load',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'p99.9 ms',
  'slowest ms',
  'refused',
  'failed',
  'tiers',
] as const;

/** Gives a row of a table of loads. */
export function loadRow(name: string, report: OpenLoadReport): readonly string[] {
  const { ok, refused, seconds } = report;
  const answers = Math.max(1, ok.count);
  const tiers = Object.entries(report.tiers)
    .map(([tier, count]) => `${tier} ${((100 * count) / answers).toFixed(1)} %`)
    .join(', ');
  return [
    name,
    (ok.count / seconds).toFixed(0),
    ...[ok.p50_ms, ok.p99_ms, ok.p999_ms, ok.max_ms].map((ms) => ms.toFixed(1)),
    `${refused.count}`,
    `${failures(report)}`,
    tiers,
  ];
}

/** Gives how many calls had neither an answer nor a refusal. */
export function failures({ failed }: OpenLoadReport): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}

/** Gives what to beware of in a load: failures with the last error, and calls that the load itself sent late. */
export function loadNotes(name: string, report: OpenLoadReport): readonly string[] {
  const notes: string[] = [];
  if (failures(report) > 0) {
    const counts = JSON.stringify(report.failed);
    notes.push(`${name}: calls failed: ${counts}; the last: ${report.last_error}`);
  }
  if (report.late_sends > report.offered / 100) {
    notes.push(
      `${name}: ${report.late_sends} of ${report.offered} calls were sent more than 5 ms late: the load was the limit`,
    );
  }
  return notes;
}
