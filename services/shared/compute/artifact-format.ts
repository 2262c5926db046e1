/**
 * Formats of artifacts that the mesh serves, each in one file: ONNX; a TensorFlow.js model, of layers or a graph; and the folder of a
 * TensorFlow SavedModel.
 */
export const artifactFormats = ['onnx', 'tfjs', 'saved-model'] as const;

/** One of {@link artifactFormats}. */
export type ArtifactFormat = (typeof artifactFormats)[number];
