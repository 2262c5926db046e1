import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { serveThread } from '../../services/shared/platform/worker/serve-thread.ts';
import {
  toWorkerOutcome,
  type WorkerOutcome,
} from '../../services/shared/platform/worker/worker-outcome.ts';

/** What a fake worker is asked to do. */
export type FakeRequest =
  | { readonly kind: 'echo'; readonly text: string }
  | { readonly kind: 'sum'; readonly values: ArrayBuffer }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'break' }
  | { readonly kind: 'die' }
  | { readonly kind: 'note'; readonly memory: SharedArrayBuffer }
  | { readonly kind: 'block'; readonly ms: number };

/** Does what it is asked. */
export function answer(request: FakeRequest): Promise<WorkerOutcome<string>> {
  return toWorkerOutcome(() => act(request), 'INFERENCE_FAILED');
}

/** Does what it is asked, on its thread. */
export const handle = serveThread(answer);

function act(request: FakeRequest): Promise<string> {
  switch (request.kind) {
    case 'echo':
      return Promise.resolve(request.text);
    case 'sum': {
      const values = new Float32Array(request.values);
      return Promise.resolve(String(values.reduce((sum, value) => sum + value, 0)));
    }
    case 'refuse':
      throw new MeshError({ code: 'NOT_FOUND', reason: 'VERSION_UNKNOWN', message: 'planned' });
    case 'break':
      throw new TypeError('planned break');
    case 'die':
      setImmediate(() => {
        throw new TypeError('planned death');
      });
      return new Promise(() => undefined);
    case 'note':
      Atomics.add(new Int32Array(request.memory), 0, 1);
      return Promise.resolve('noted');
    case 'block':
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, request.ms);
      return Promise.resolve('blocked');
  }
}
