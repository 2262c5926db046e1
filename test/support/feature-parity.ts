import assert from 'node:assert/strict';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import type { FeatureTester, Flight, Question } from './feature-tester.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Gives questions at random routes and times around flights: on the millisecond, on events, and in between. */
export function questionsAround(
  flights: readonly Flight[],
  count: number,
  seed: number,
): Question[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index): Question => {
    const pick = () => flights[Math.floor(random.next() * flights.length)];
    const [first, second] = [pick(), pick()];
    assert.ok(first && second);
    // Exactly when an event becomes visible, just after, or at any time: the strict bound matters.
    const shifts = [6 * hourMs, 6 * hourMs + 1, Math.floor(random.next() * dayMs)];
    return {
      origin: index % 50 === 0 ? 'QQQ' : first.origin,
      destination: index % 3 === 0 ? second.destination : first.destination,
      t: first.date + (shifts[index % 3] ?? 0),
    };
  });
}

/** Gives the reason of the error that a call ends with. */
export async function reasonOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof MeshError ? error.reason : String(error);
}

/** Holds that the audit arrives at each bit of what is served. */
export async function assertParity(
  tester: FeatureTester,
  questions: readonly Question[],
): Promise<void> {
  const online = await tester.online(questions);
  const audit = await tester.recompute(questions, online.logOffset);
  assert.deepEqual(online.statuses, audit.statuses);
  assert.ok(online.values.equals(audit.values), 'online and recomputed values are the same bits');
}
