import type { Random } from '../../shared/kernel/clock.ts';
import type { DenseLayer } from './dense-network.ts';

/**
 * Gives untrained layers: weights uniform in the bounds of Glorot, biases 0; relu in between, a sigmoid at the end.
 * @source Glorot & Bengio 2010, equation 16
 */
export function initialLayers(
  columns: number,
  hidden: readonly number[],
  random: Random,
): readonly DenseLayer[] {
  const sizes = [columns, ...hidden, 1];
  return sizes.slice(1).map((outputs, index) => {
    const inputs = sizes[index] ?? columns;
    const bound = Math.sqrt(6 / (inputs + outputs));
    return {
      inputs,
      outputs,
      weights: Float32Array.from(
        { length: inputs * outputs },
        () => (random.next() * 2 - 1) * bound,
      ),
      bias: new Float32Array(outputs),
      activation: index === hidden.length ? 'sigmoid' : 'relu',
    };
  });
}
