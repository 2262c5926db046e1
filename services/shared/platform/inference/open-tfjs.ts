import type { GraphModel } from '@tensorflow/tfjs-converter';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TfjsArtifact } from '../../compute/tfjs-artifact.ts';

/**
 * Opens a tfjs model of layers on the backend that is set.
 * @throws {Error} what TensorFlow.js says
 */
export async function openTfjsLayers(artifact: TfjsArtifact): Promise<LayersModel> {
  const { loadLayersModel } = await import('@tensorflow/tfjs-layers');
  return await loadLayersModel(io.fromMemory(memoryOf(artifact)));
}

/**
 * Opens a tfjs graph model on the backend that is set.
 * @throws {Error} what TensorFlow.js says
 */
export async function openTfjsGraph(artifact: TfjsArtifact): Promise<GraphModel> {
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter');
  return await loadGraphModel(io.fromMemory({ ...memoryOf(artifact), ...artifact.graph }));
}

function memoryOf({ modelTopology, weightSpecs, weights }: TfjsArtifact) {
  return {
    modelTopology,
    weightSpecs: weightSpecs.map((weight) => ({ ...weight, shape: [...weight.shape] })),
    // A copy: tfjs wants a buffer of its own, and the view need not be aligned.
    weightData: Uint8Array.from(weights).buffer,
  };
}
