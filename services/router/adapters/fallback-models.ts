import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { FallbackModel } from '../ports.ts';
import { type FallbackArtifact, WorkerFallbackModel } from './fallback-model.ts';

/** The fallback models of this router, each on a thread of its own, so that they outlive every other service. */
export class FallbackModels implements Component {
  readonly name = 'fallback-models';
  readonly #models: ReadonlyMap<string, WorkerFallbackModel>;

  /** @param onStuck learns that the thread of a model does not come back; the rules answer from then on */
  constructor(models: Iterable<string>, clock: Clock, onStuck: (error: MeshError) => void) {
    this.#models = new Map(
      [...models].map((model) => [model, new WorkerFallbackModel({ clock, onStuck })] as const),
    );
  }

  async start(): Promise<void> {
    for (const model of this.#models.values()) await model.start();
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all([...this.#models.values()].map((model) => model.stop(graceMs)));
  }

  /** Gives the fallback that runs for a model; undefined while none is loaded. */
  of(model: string): FallbackModel | undefined {
    const found = this.#models.get(model);
    return found === undefined || found.version === 0 ? undefined : found;
  }

  /**
   * Opens and warms a version, then lets it answer in place of the one before. A model that the mesh does not have is left alone.
   * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT; FAILED_PRECONDITION / ARTIFACT_UNSUPPORTED, TENSOR_SHAPE
   */
  async load(model: string, artifact: FallbackArtifact): Promise<void> {
    await this.#models.get(model)?.load(artifact);
  }
}
