/** A part of the API of k6 that the runner does not have. */
export class UnsupportedApiError extends Error {
  override readonly name = 'UnsupportedApiError';
}

/** Gives the error that names a part of k6's API, and what to do about it. */
export function unsupported(what: string, instead: string): UnsupportedApiError {
  return new UnsupportedApiError(
    `${what} is a part of k6 that this runner does not have; ${instead}`,
  );
}

/**
 * Gives the prototype for an object that stands in for one of k6: to read a property that it lacks throws rather than give undefined.
 * Symbols, what every object has, and what languages look for by themselves (`then`, `toJSON`) are let through.
 */
export function apiPrototype(place: string, names: readonly string[]): object {
  return new Proxy(Object.prototype, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || name in target || letThrough.has(name)) {
        return Reflect.get(target, name, receiver) as unknown;
      }
      throw unsupported(
        `'${name}' of ${place}`,
        `it has ${names.join(', ')}. Run the script with k6 itself`,
      );
    },
  });
}

const letThrough: ReadonlySet<string> = new Set(['then', 'toJSON', '__esModule', 'default']);

/** Makes an object refuse what it lacks, by {@link apiPrototype}. */
export function guarded<T extends object>(place: string, api: T): T {
  Object.setPrototypeOf(api, apiPrototype(place, Object.keys(api)));
  return api;
}
