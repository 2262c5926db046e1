import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/**
 * Gives a way to look names up, one at a time, for somebody who tries to connect again and again: a lookup can't be ended, and those that hang would take the
 * threads that files are read with. A try that comes while one is under way gets what that finds; the tries before it are over, and learn nothing.
 */
export function oneLookup(): LookupFunction {
  let latest: Parameters<LookupFunction>[2] | undefined;
  return (host, options, done) => {
    const isUnderWay = latest !== undefined;
    latest = done;
    if (isUnderWay) return;
    lookup(
      host,
      options,
      (error: NodeJS.ErrnoException | null, found: string | LookupAddress[], family?: number) => {
        const tell = latest;
        latest = undefined;
        tell?.(error, found, family);
      },
    );
  };
}
