import { InvalidArgumentError } from 'commander';

/** What a benchmark can be asked for by itself. */
interface NamedPart {
  readonly name: string;
  /** Figures that it gives. */
  readonly keys: readonly string[];
}

/** What runs the parts of a benchmark. */
export interface BenchRun<Part extends NamedPart, Result> {
  /** Name of the benchmark, such as `bench:native`. */
  readonly name: string;
  readonly parts: readonly Part[];
  readonly show: (text: string) => void;
  readonly run: (part: Part, signal: AbortSignal) => Promise<Result>;
}

/**
 * Runs parts one after the other, until one fails or the user stops them; gives what there is, by their names. A failure is
 * shown, and the exit status is 1 then.
 */
export async function runParts<Part extends NamedPart, Result>(
  bench: BenchRun<Part, Result>,
): Promise<ReadonlyMap<string, Result>> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));
  }
  const results = new Map<string, Result>();
  try {
    for (const part of bench.parts) {
      bench.show(`${part.name}\n`);
      results.set(part.name, await bench.run(part, stop.signal));
    }
  } catch (error) {
    bench.show(`${bench.name}: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
  return results;
}

/** Gives what reads `--only`: the name of a part, or a figure that it gives; may be repeated. */
export function partParser<Part extends NamedPart>(
  parts: readonly Part[],
): (text: string, before?: readonly Part[]) => readonly Part[] {
  return (text, before = []) => {
    const found = parts.find(({ name, keys }) => name === text || keys.includes(text));
    if (found === undefined) {
      const known = parts.flatMap(({ name, keys }) => [name, ...keys]);
      throw new InvalidArgumentError(`wanted one of ${known.join(', ')}.`);
    }
    return before.includes(found) ? before : [...before, found];
  };
}

/** Reads a number above 0. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('wanted more than 0.');
  return value;
}

/** Reads a whole number from 1. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('wanted 1 or more.');
  return value;
}
