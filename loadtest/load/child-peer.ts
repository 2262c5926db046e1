import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A module that runs in a process of its own, takes orders over IPC and answers each. */
export class ChildPeer implements Disposable {
  readonly #name: string;
  readonly #child: ChildProcess;

  constructor(module: URL, execArgv: readonly string[] = []) {
    const path = fileURLToPath(module);
    this.#name = basename(path, '.js');
    // JSON would make objects of bytes.
    this.#child = fork(path, {
      ...{ detached: true, serialization: 'advanced' },
      execArgv: [...process.execArgv, ...execArgv],
    });
  }

  /** Starts a bare gRPC server that decodes requests and answers the same to each; see echo-server.ts. */
  static echo(): ChildPeer {
    return new ChildPeer(new URL('./echo-server.js', import.meta.url));
  }

  /** Starts what sends requests; see load-process.ts. */
  static load(): ChildPeer {
    return new ChildPeer(new URL('./load-process.js', import.meta.url));
  }

  /** Starts what has other processes collect their garbage; see collect-process.ts. */
  static collector(): ChildPeer {
    // Node 22 and later have it without being asked.
    const options = ['--experimental-websocket', '--no-warnings'];
    return new ChildPeer(new URL('./collect-process.js', import.meta.url), options);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends an order and gives the answer; one at a time. Rejects when the process says `error`, or ends. */
  async ask(order: object, signal: AbortSignal): Promise<unknown> {
    const over = new AbortController();
    const either = { signal: AbortSignal.any([signal, over.signal]) };
    const answered = once(this.#child, 'message', either);
    const ended = once(this.#child, 'exit', either).then(([code]) => {
      throw new Error(`${this.#name} ended with ${code} before it answered`);
    });
    try {
      this.#child.send(order);
      const [answer] = await Promise.race([answered, ended]);
      if (typeof answer === 'object' && answer !== null && 'error' in answer) {
        throw new Error(`${this.#name}: ${answer.error}`);
      }
      return answer;
    } finally {
      over.abort();
      await Promise.allSettled([answered, ended]);
    }
  }

  /** Lets it go: it ends when nobody can ask any more. */
  [Symbol.dispose](): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
