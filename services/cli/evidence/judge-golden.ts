import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Finding } from './finding.ts';

/** Requests whose outputs are known from the training. */
export interface GoldenRequests {
  /** Largest absolute difference that is no difference. */
  readonly tolerance: number;
  readonly features: readonly Float32Array[];
  readonly outputs: readonly (readonly number[])[];
}

// 1e-5: sums of float32 in another order move a probability by some 1e-6; a wrong weight moves it by far more.
const toleranceDefault = 1e-5;
// 1e-3: a file that tolerates more proves nothing.
const toleranceMax = 1e-3;

/**
 * Reads golden requests; null is what is missing, NaN.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT
 */
export function parseGolden(bytes: Uint8Array): GoldenRequests {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw notGolden('they are no JSON', error);
  }
  if (!isFields(value)) throw notGolden('they are no object');
  const { requests, tolerance = toleranceDefault } = value;
  if (!Array.isArray(requests) || requests.length === 0) throw notGolden('there are none');
  if (typeof tolerance !== 'number' || !(tolerance >= 0 && tolerance <= toleranceMax)) {
    throw notGolden(`wanted a tolerance of 0 to ${toleranceMax}`);
  }
  const features: Float32Array[] = [];
  const outputs: (readonly number[])[] = [];
  for (const request of requests) {
    const row = isFields(request) ? request : {};
    features.push(Float32Array.from(numbersOf(row['features'])));
    outputs.push(numbersOf(row['outputs']));
  }
  return { tolerance, features, outputs };
}

/** Compares what a runtime gave, [requests, outputs] row-major, with what the training gave. */
export function judgeGolden(
  { tolerance, outputs }: GoldenRequests,
  given: Float32Array,
): Pick<Finding, 'verdict' | 'figures' | 'statement'> {
  const wanted = outputs.flat();
  let largest = given.length === wanted.length ? 0 : Number.MAX_VALUE;
  let different = 0;
  wanted.forEach((value, index) => {
    const difference = Math.abs((given[index] ?? Number.NaN) - value);
    // Not a number is as far away as can be.
    const distance = Number.isNaN(difference) ? Number.MAX_VALUE : difference;
    largest = Math.max(largest, distance);
    if (distance > tolerance) different += 1;
  });
  const isHeld = largest <= tolerance;
  const shown =
    largest === Number.MAX_VALUE
      ? 'outputs are missing'
      : `largest difference ${largest.toExponential(1)}`;
  return {
    verdict: isHeld ? 'pass' : 'fail',
    figures: { requests: outputs.length, different, largest_difference: largest, tolerance },
    statement: `${outputs.length - different} of ${outputs.length} golden requests give what they gave in training; ${shown}, tolerance ${tolerance}`,
  };
}

function numbersOf(value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw notGolden('a request has no features or outputs');
  return value.map((item: unknown) => (typeof item === 'number' ? item : Number.NaN));
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function notGolden(why: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `wanted golden requests in the form of the training, but ${why}`,
    cause,
  });
}
