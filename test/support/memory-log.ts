import type { RegistryEvent } from '../../services/registry/core/registry-event.ts';
import type { LogStore } from '../../services/registry/ports.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';

/** A log in memory. */
export class MemoryLog implements LogStore {
  readonly events: RegistryEvent[] = [];

  async append(expectedSequence: number, events: readonly RegistryEvent[]): Promise<void> {
    await Promise.resolve();
    if (this.events.length !== expectedSequence) {
      throw new MeshError({
        code: 'ABORTED',
        reason: 'LOG_CONFLICT',
        message: `wanted ${expectedSequence} events, got ${this.events.length}`,
      });
    }
    this.events.push(...events);
  }

  async *read(fromSequence: number): AsyncGenerator<RegistryEvent> {
    for (const event of this.events.slice(fromSequence - 1)) yield await Promise.resolve(event);
  }
}
