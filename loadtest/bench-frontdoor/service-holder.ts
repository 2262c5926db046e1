import type { ServiceName } from '../../services/shared/platform/process/service-name.ts';
import type { BenchMesh } from '../bench/bench-mesh.ts';

/** How often it is looked whether the supervisor has put another process in the place of the one that hangs. */
const lookMs = 20;

/** Keeps a service from running: its process is stopped in the middle of whatever it does, and so is each that takes its place. Disposing lets it run on. */
export class ServiceHolder implements Disposable {
  readonly #mesh: BenchMesh;
  readonly #service: ServiceName;
  readonly #held = new Set<number>();
  readonly #timer: NodeJS.Timeout;

  private constructor(mesh: BenchMesh, service: ServiceName) {
    this.#mesh = mesh;
    this.#service = service;
    this.#look();
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  /** Stops a service, and resolves when its callers have met that for a second. */
  static async hold(
    mesh: BenchMesh,
    service: ServiceName,
    signal: AbortSignal,
  ): Promise<ServiceHolder> {
    const holder = new ServiceHolder(mesh, service);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    signal.throwIfAborted();
    return holder;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const pid of this.#held) send(pid, 'SIGCONT');
  }

  #look(): void {
    for (const { service, pid } of this.#mesh.record.processes) {
      if (service !== this.#service || this.#held.has(pid)) continue;
      this.#held.add(pid);
      send(pid, 'SIGSTOP');
    }
  }
}

function send(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended: another process is in its place.
  }
}
