// A process of its own: libraries that don't fit together may take the process with them.
import { probeCuda } from '../../services/shared/platform/inference/probe-cuda.ts';

process.stdout.write(`${JSON.stringify(await probeCuda())}\n`);
