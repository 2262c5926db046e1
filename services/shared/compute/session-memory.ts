import type { ArtifactFormat } from './artifact-format.ts';

const mib = 1024 * 1024;
/** Bytes of a session before any weight, and room to spare. */
const sessionBytes: Readonly<Record<ArtifactFormat, number>> = {
  // A session takes 5 to 20 MiB: its arena, or the memory of WebAssembly.
  onnx: 32 * mib,
  tfjs: 32 * mib,
  // A process with the native TensorFlow takes 340 MiB.
  'saved-model': 384 * mib,
};

/** Gives an upper bound of the bytes that one session of an artifact needs: a runtime holds its weights up to three times while it loads. */
export function sessionMemoryBytes(format: ArtifactFormat, artifactBytes: number): number {
  return sessionBytes[format] + 3 * artifactBytes;
}
