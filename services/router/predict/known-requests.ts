import type { Answered } from './router.ts';

/** Requests that are remembered: those of the last seconds, in which a caller may retry. */
const requestsMax = 16_384;

/** Remembers the answers to requests that callers named, so that a retry gets the same answer and is not logged as another prediction. */
export class KnownRequests {
  readonly #answers = new Map<string, Promise<Answered>>();
  /** Walks the requests once, behind their insertion. */
  readonly #oldest = this.#answers.keys();

  /** Gives the answer to a request that was named before, or else that of `answer`. An empty name is nobody's; an error is not remembered. */
  once(requestId: string, answer: () => Promise<Answered>): Promise<Answered> {
    if (requestId === '') return answer();
    const known = this.#answers.get(requestId);
    if (known !== undefined) return known;
    const fresh = answer();
    this.#answers.set(requestId, fresh);
    // Whoever was refused asks again, and is not to be refused for ever.
    fresh.catch(() => this.#answers.delete(requestId));
    if (this.#answers.size > requestsMax) {
      const oldest = this.#oldest.next();
      if (oldest.done !== true) this.#answers.delete(oldest.value);
    }
    return fresh;
  }
}
