import type { NativeCall } from '../../services/prediction/core/infer-job.ts';
import type { ServableSpec } from '../../services/prediction/core/servable-spec.ts';
import type { Servable, ServableLoader } from '../../services/prediction/ports.ts';
import { floatMatrix } from '../../services/shared/compute/tensor/float-matrix.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { ManualClock } from './manual-clock.ts';

/** What a version of `failing` fails with. */
export const plannedDamage = new MeshError({
  code: 'DATA_LOSS',
  reason: 'ARTIFACT_CORRUPT',
  message: 'planned damage',
});
/** What a version of `hanging` fails with. */
export const plannedHang = new MeshError({
  code: 'UNAVAILABLE',
  reason: 'WORKER_STUCK',
  message: 'planned hang',
});

/** A loader of threads that are none; what a version does is in `plans`, by its number. */
export class FakeLoader implements ServableLoader {
  /** Numbers of the versions, in the order of their loads. */
  readonly loaded: number[] = [];
  readonly stopped: number[] = [];
  readonly onStuck = new Map<number, (error: MeshError) => void>();
  /** Versions whose opening waits for `release`. */
  readonly slow = new Map<number, () => void>();
  /** Versions whose threads take long to end; the function ends them. */
  readonly lingering = new Map<number, () => void>();
  readonly failing = new Set<number>();
  readonly hanging = new Set<number>();

  load({ version }: ServableSpec, onStuck: (error: MeshError) => void): Promise<Servable> {
    this.loaded.push(version);
    this.onStuck.set(version, onStuck);
    return Promise.resolve({
      threads: 1,
      open: () => this.#open(version),
      warm: () => Promise.resolve(),
      run: (_, rows) => (this.hanging.has(version) ? new Promise(() => undefined) : answer(rows)),
      stop: () => this.#stop(version),
    });
  }

  async #stop(version: number): Promise<void> {
    this.stopped.push(version);
    if (this.hanging.has(version)) throw plannedHang;
    if (this.lingering.has(version)) {
      await new Promise<void>((resolve) => {
        this.lingering.set(version, resolve);
      });
    }
  }

  async #open(version: number): Promise<string> {
    if (this.slow.has(version)) {
      await new Promise<void>((resolve) => {
        this.slow.set(version, resolve);
      });
    }
    if (this.failing.has(version)) throw plannedDamage;
    return 'fake';
  }
}

function answer(rows: number): Promise<NativeCall> {
  const none: readonly number[] = [];
  const at = new ManualClock().monotonic();
  return Promise.resolve({
    rows,
    outputs: [floatMatrix(new Float32Array(rows), rows)],
    backend: 'fake',
    threadId: 1,
    startedAt: at,
    endedAt: at,
    badInputRows: none,
    badOutputRows: none,
  });
}
