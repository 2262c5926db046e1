import { encodeTfjsArtifact } from '../../shared/compute/tfjs-artifact.ts';
import { type DenseNetwork, foldStandardisation } from './dense-network.ts';

/**
 * Writes a network as a tfjs layers model in one file (see {@link encodeTfjsArtifact}): input [batch, columns] of raw
 * features, output [batch, 1]. The standardisation is folded into the first layer.
 * @source the topology that tfjs-layers 4.22.0 itself writes for a Sequential of Dense layers
 */
export function writeTfjs(network: DenseNetwork, name: string): Uint8Array {
  const layers = foldStandardisation(network);
  const values = layers.flatMap(({ weights, bias }) => [...weights, ...bias]);
  const weights = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) weights.writeFloatLE(value, index * 4);
  return encodeTfjsArtifact({
    name,
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name,
        layers: layers.map(({ inputs, outputs, activation }, index) => ({
          class_name: 'Dense',
          config: {
            name: `dense_${index}`,
            units: outputs,
            activation,
            use_bias: true,
            trainable: false,
            dtype: 'float32',
            ...(index === 0 ? { batch_input_shape: [null, inputs] } : {}),
          },
        })),
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightSpecs: layers.flatMap(({ inputs, outputs }, index) => [
      { name: `dense_${index}/kernel`, shape: [inputs, outputs], dtype: 'float32' as const },
      { name: `dense_${index}/bias`, shape: [outputs], dtype: 'float32' as const },
    ]),
    weights,
  });
}
