import type { DenseNetwork } from './dense-network.ts';
import { writeOnnx } from './onnx-writer.ts';
import { writeTfjs } from './tfjs-writer.ts';

/** What an artifact says about itself. */
export interface ArtifactLabel {
  readonly model: string;
  /** 64 hexadecimal digits each. */
  readonly featureSetHash: string;
  readonly dataHash: string;
}

/** Writes a network in a format. The same network and label give the same bytes. */
export function writeArtifact(
  network: DenseNetwork,
  format: 'onnx' | 'tfjs',
  { model, featureSetHash, dataHash }: ArtifactLabel,
): Uint8Array {
  switch (format) {
    case 'onnx':
      return writeOnnx(network, {
        name: model,
        metadata: { feature_set_hash: featureSetHash, data_hash: dataHash },
      });
    case 'tfjs':
      return writeTfjs(network, model);
  }
}
