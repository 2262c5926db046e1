import { backend, setBackend } from '@tensorflow/tfjs-core';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';

/**
 * Starts the native TensorFlow of `@tensorflow/tfjs-node-gpu`, of which a process can hold one; gives the name of the runtime
 * by the device that it found.
 * @throws {MeshError} FAILED_PRECONDITION / ARTIFACT_UNSUPPORTED where its library does not load
 */
export async function startNativeTensorFlow(): Promise<string> {
  try {
    // Loading it registers the backend; its library is loaded with it.
    await import('@tensorflow/tfjs-node-gpu');
    await setBackend('tensorflow');
  } catch (cause) {
    throw doesNotLoad(cause);
  }
  const native = backend();
  return 'isUsingGpuDevice' in native && native.isUsingGpuDevice === true
    ? 'tensorflow-gpu'
    : 'tensorflow-cpu';
}

function doesNotLoad(cause: unknown): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'ARTIFACT_UNSUPPORTED',
    message: `the native TensorFlow does not load: ${messageOf(cause)}; npm run setup:gpu -- --tensorflow --check, or --tensorflow-cpu --check, says what is missing`,
    cause,
  });
}
