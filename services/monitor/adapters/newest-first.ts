import type { StoredPrediction } from '../ports.ts';

interface Head {
  readonly prediction: StoredPrediction;
  readonly rest: Iterator<StoredPrediction>;
}

/**
 * Merges the logs of several routers, each the newest first, into one by when the monitor took each prediction. Lazy; costs a look at each router that runs at the time, as a rule one or a few.
 * Whoever stops early ends all of them: a log that is left open keeps its store from using again what was removed.
 */
export function* newestFirst(
  logs: readonly Iterable<StoredPrediction>[],
): Generator<StoredPrediction> {
  const open = logs.map((log) => log[Symbol.iterator]());
  try {
    const heads = open.flatMap(headOf).sort((left, right) => timeOf(right) - timeOf(left));
    for (;;) {
      const first = heads.shift();
      if (first === undefined) return;
      yield first.prediction;
      for (const next of headOf(first.rest)) {
        const place = heads.findIndex((other) => timeOf(other) <= timeOf(next));
        heads.splice(place === -1 ? heads.length : place, 0, next);
      }
    }
  } finally {
    for (const log of open) log.return?.();
  }
}

const timeOf = ({ prediction }: Head): number => prediction.receivedAtMs;

function headOf(rest: Iterator<StoredPrediction>): readonly Head[] {
  const { value, done } = rest.next();
  return done === true ? [] : [{ prediction: value, rest }];
}
