/** First and second moment of each parameter of one array. */
interface Moments {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

const firstDecay = 0.9;
const secondDecay = 0.999;
const epsilon = 1e-8;

/**
 * Adam over some parameter arrays, in float64 with one rounding to the array's float32 a step. Powers are kept as running
 * products, so that no step depends on an engine's `Math.pow`.
 * @source Kingma & Ba 2015, algorithm 1
 */
export class Adam {
  readonly #moments: readonly Moments[];
  #firstPower = 1;
  #secondPower = 1;

  constructor(parameters: readonly Float32Array[]) {
    this.#moments = parameters.map(({ length }) => ({
      first: new Float64Array(length),
      second: new Float64Array(length),
    }));
  }

  /** Moves the parameters, in place, against their gradients: arrays in the order and with the lengths of the constructor's. */
  step(
    parameters: readonly Float32Array[],
    gradients: readonly Float32Array[],
    learningRate: number,
  ): void {
    this.#firstPower *= firstDecay;
    this.#secondPower *= secondDecay;
    const rate = (learningRate * Math.sqrt(1 - this.#secondPower)) / (1 - this.#firstPower);
    for (const [index, { first, second }] of this.#moments.entries()) {
      const values = parameters[index] ?? new Float32Array(0);
      const slopes = gradients[index] ?? new Float32Array(0);
      for (let at = 0; at < values.length; at++) {
        const slope = slopes[at] ?? 0;
        const mean = firstDecay * (first[at] ?? 0) + (1 - firstDecay) * slope;
        const square = secondDecay * (second[at] ?? 0) + (1 - secondDecay) * slope * slope;
        first[at] = mean;
        second[at] = square;
        values[at] = (values[at] ?? 0) - (rate * mean) / (Math.sqrt(square) + epsilon);
      }
    }
  }
}
