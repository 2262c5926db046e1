import { serveProcess } from '../../services/shared/platform/worker/serve-process.ts';
import { answer } from './fake-worker.ts';

// Does what a fake worker does, in a process of its own.
serveProcess(() => answer);
