/** Lets callers wait for what a change brings. */
export class ChangeWatch {
  #watchers: readonly (() => void)[] = [];

  /** Has everyone who waits look again. */
  tell(): void {
    for (const watch of this.#watchers) watch();
  }

  /**
   * Waits until a look finds something; looks at once, and after each change.
   * @throws what `signal` aborts with
   */
  when<Found>(signal: AbortSignal, look: () => Found | undefined): Promise<Found> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#watchers = this.#watchers.filter((other) => other !== watch);
        signal.removeEventListener('abort', onAbort);
      };
      const watch = () => {
        const found = look();
        if (found === undefined) return;
        stop();
        resolve(found);
      };
      const onAbort = () => {
        stop();
        reject(signal.reason);
      };
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      signal.addEventListener('abort', onAbort);
      this.#watchers = [...this.#watchers, watch];
      watch();
    });
  }
}
