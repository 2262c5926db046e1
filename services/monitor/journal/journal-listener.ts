import type { StoredPrediction, StoredShadow } from '../ports.ts';

/** Hears what the journal has taken, each thing once and only when it is durable; what was there at the start is not told. It must be quick: callers of the monitor wait for it. */
export interface JournalListener {
  prediction(prediction: StoredPrediction): void;
  shadow(shadow: StoredShadow): void;
  /** An outcome came for the first time; its prediction may still be on its way. */
  outcome(predictionId: string): void;
}
