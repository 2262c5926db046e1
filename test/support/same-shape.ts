import { setFlagsFromString } from 'node:v8';

/**
 * Tells whether two objects are of one hidden class. Objects that begin with a spread and get further properties are of one each, which the engine makes by hand
 * and the collector has to clear up: several microseconds a request.
 */
export function haveSameShape(left: object, right: object): boolean {
  setFlagsFromString('--allow-natives-syntax');
  const compare: unknown = new Function('left', 'right', 'return %HaveSameMap(left, right)');
  if (typeof compare !== 'function') throw new Error('wanted a function, got none');
  return compare(left, right) === true;
}
