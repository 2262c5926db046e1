import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Versions of Node-API that a build of the native TensorFlow may be for, the newest first. */
const napiVersions = [8, 7, 6, 5, 4, 3] as const;

/** Gives where the library of the native TensorFlow is; undefined where its package, which is optional, or its library is missing. */
export function findTensorFlowLibrary(): string | undefined {
  const folder = tensorflowFolder();
  if (folder === undefined) return undefined;
  return napiVersions
    .map((version) => join(folder, 'lib', `napi-v${version}`, 'tfjs_binding.node'))
    .find((path) => existsSync(path));
}

/** Gives the folder of the package of the native TensorFlow; undefined where it is not installed: it is optional. */
export function tensorflowFolder(): string | undefined {
  try {
    return dirname(
      createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'),
    );
  } catch {
    return undefined;
  }
}
