import type { ClosedWindow } from './window-loop.ts';

/** Whether no other version of the model has a later window: what answers nobody any more has no drift that matters. */
export function isCurrentWindow(
  { model, answer }: ClosedWindow,
  latest: readonly ClosedWindow[],
): boolean {
  return !latest.some((other) => other.model === model && other.answer.startMs >= answer.endMs);
}
