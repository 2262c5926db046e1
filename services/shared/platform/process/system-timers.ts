/** Timers of this process, for hot paths: cheaper than a sleep with a signal. They don't keep the process alive. */
export const systemTimers = {
  after(delayMs: number, action: () => void): NodeJS.Timeout {
    return setTimeout(action, delayMs).unref();
  },
  cancel(timer: unknown): void {
    clearTimeout(timer as NodeJS.Timeout | undefined);
  },
};
