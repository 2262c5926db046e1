/** How work is done in parts. */
export interface Divisible<Part, Result> {
  readonly run: (part: Part) => Promise<Result>;
  /** Gives the two halves of a part; undefined where it is one piece. */
  readonly halvesOf: (part: Part) => readonly [Part, Part] | undefined;
  /** Whether an error may be the fault of one piece, rather than a reason to stop. */
  readonly isIsolable: (error: unknown) => boolean;
}

/** What came of work that was done in parts. */
export interface Isolated<Part, Result> {
  readonly results: readonly Result[];
  /** Parts that failed, as small as they were made. */
  readonly failed: readonly { readonly part: Part; readonly error: unknown }[];
}

/** Failures after which parts are not halved any more: 17 find one piece among 100,000. */
const failuresMax = 64;

/**
 * Does the work for a part; where it fails, for its halves, and so on, until what fails is one piece. One bad piece keeps no other from being
 * worked on. Throws what it met first where nothing at all succeeds, and what is not isolable.
 */
export async function isolateFailures<Part, Result>(
  whole: Part,
  work: Divisible<Part, Result>,
): Promise<Isolated<Part, Result>> {
  const results: Result[] = [];
  const failed: { readonly part: Part; readonly error: unknown }[] = [];
  const waiting: Part[] = [whole];
  let failures = 0;
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    try {
      results.push(await work.run(part));
    } catch (error) {
      if (!work.isIsolable(error)) throw error;
      failures += 1;
      const halves = failures > failuresMax ? undefined : work.halvesOf(part);
      if (halves === undefined) failed.push({ part, error });
      else waiting.push(...halves);
    }
  }
  const [first] = failed;
  if (first !== undefined && results.length === 0) throw first.error;
  return { results, failed };
}
