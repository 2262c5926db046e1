import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when `holds` does, asked every 20 ms; rejects after `withinMs` with what was waited for. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const startedMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedMs > withinMs) {
      throw new Error(`waited ${withinMs} ms until ${what}`);
    }
    await delay(20);
  }
}
