import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Fault } from '../core/view-base.ts';

/** Collects what is missing from a view, so that one service that is away does not take the others' figures with it. */
export class FaultList {
  readonly #faults = new Map<string, Fault>();

  /** Gives what a service answers; undefined where it can't be reached, which is noted. Its refusals of the question itself are thrown. */
  async ask<T>(service: string, answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof MeshError) || !unreachable.has(error.code)) throw error;
      this.#faults.set(service, { service, message: error.message });
      return undefined;
    }
  }

  /** Gives what was noted, one for each service. */
  list(): readonly Fault[] {
    return [...this.#faults.values()];
  }
}

const unreachable: ReadonlySet<MeshError['code']> = new Set([
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'INTERNAL',
  'UNKNOWN',
]);
