import type { PredictInput } from '../../../services/client/index.ts';

/** The hour at which the history of the small mesh ends. */
export const startMs = Date.UTC(2001, 5, 1);

/** Gives a question that the small mesh can answer: one flight at 01:00 on June 1st 2001, or as `change` has it. */
export function askFlight(change: Partial<PredictInput> = {}): PredictInput {
  const date = new Date(startMs + 3_600_000);
  return {
    entities: { origin: 'ORD', destination: 'LAX' },
    features: { date, distance: 1_745 },
    at: date,
    ...change,
  };
}
