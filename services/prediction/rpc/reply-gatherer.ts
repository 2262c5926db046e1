import type { InferBatchReply } from '../../gen/mlmesh/prediction/v1/InferBatchReply.ts';
import type { InferResponse } from '../../gen/mlmesh/prediction/v1/InferResponse.ts';

/** Sends answers as soon as they are ready; those that become ready together, such as all of one native call, share a frame. */
export class ReplyGatherer {
  readonly #reply: (response: InferResponse) => void;
  #waiting: InferBatchReply[] = [];

  constructor(reply: (response: InferResponse) => void) {
    this.#reply = reply;
  }

  add(answer: InferBatchReply): void {
    this.#waiting.push(answer);
    if (this.#waiting.length > 1) return;
    queueMicrotask(() => {
      const batches = this.#waiting;
      this.#waiting = [];
      this.#reply({ batches });
    });
  }
}
