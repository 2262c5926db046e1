import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Says whether TensorFlow's own runtime for GPUs is there. Nothing needs it: without it, TensorFlow models run on WebAssembly. */
export function tensorflowGpuText(): string {
  const name = '@tensorflow/tfjs-node-gpu';
  const entry = resolved(`${name}/package.json`);
  if (entry === undefined) return `${name} is not installed: TensorFlow models run on WebAssembly`;
  const library = join(dirname(entry), 'deps', 'lib', 'libtensorflow.so.2');
  return existsSync(library)
    ? `${name} has its native library`
    : `${name} is installed without its native library, ${library}: TensorFlow models run on WebAssembly; \`npm rebuild ${name} --ignore-scripts=false\` fetches it`;
}

function resolved(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
}
