import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server of the open inference protocol in a process of its own, which can be made to hang: the kernel keeps its connections, and nobody answers. */
export class InferenceProcess implements Disposable {
  readonly address: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
  }

  /** Starts one; it listens when this resolves. */
  static async start(): Promise<InferenceProcess> {
    const child = fork(fileURLToPath(new URL('./fake-inference.js', import.meta.url)));
    const [address] = await once(child, 'message');
    return new InferenceProcess(child, String(address));
  }

  hang(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
