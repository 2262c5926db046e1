import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ModelAnswer, Receiver } from '../ports.ts';

/** A run that has asked a model. */
export interface ModelAsker {
  onModel(answer: ModelAnswer): void;
  onModelFailure(error: MeshError): void;
}

/** What waits for the model of a run: the run itself waits for features. */
export class ModelReceiver implements Receiver<ModelAnswer> {
  readonly #run: ModelAsker;

  constructor(run: ModelAsker) {
    this.#run = run;
  }

  onAnswer(answer: ModelAnswer): void {
    this.#run.onModel(answer);
  }

  onFailure(error: MeshError): void {
    this.#run.onModelFailure(error);
  }
}
