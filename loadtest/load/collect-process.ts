import { setTimeout as sleep } from 'node:timers/promises';

/** Which process to collect. */
export interface CollectOrder {
  readonly pid: number;
  /** Where its debugger listens once it is told to start it: 9229, unless the process was started with `--inspect-port`. @source https://nodejs.org/docs/latest-v20.x/api/process.html#signal-events */
  readonly port: number;
}

process.on('message', (order: CollectOrder) => {
  collect(order).then(
    () => process.send?.({ result: true }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

// 30 s: on a machine that is too busy a process may not get to its debugger for seconds.
const openMs = 30_000;

/** Has all threads of another process of Node collect all their garbage, through its debugger, which is closed again. */
async function collect({ pid, port }: CollectOrder): Promise<void> {
  const over = AbortSignal.timeout(openMs);
  process.kill(pid, 'SIGUSR1');
  const session = await Session.open(await debuggerOf(port, over), over);
  try {
    // Another process's debugger may have the port.
    const found = await session.evaluate('process.pid');
    if (found !== pid) throw new Error(`port ${port} is of process ${String(found)}, not ${pid}`);
    await session.collect();
    // It waits for this session to end, so it has to come after it.
    const close = "process.getBuiltinModule('node:inspector').close()";
    await session.evaluate(`void setTimeout(() => ${close}, 10)`);
  } finally {
    session.close();
  }
  await closed(port, AbortSignal.timeout(openMs));
}

async function debuggerOf(port: number, over: AbortSignal): Promise<string> {
  for (;;) {
    const url = await listed(port, over).catch((error: unknown) => {
      if (over.aborted) throw error;
      return undefined; // it does not listen yet
    });
    if (url !== undefined) return url;
    await sleep(20, undefined, { signal: over });
  }
}

/** The next process needs the port. */
async function closed(port: number, over: AbortSignal): Promise<void> {
  while (await listed(port, over).then(Boolean, () => over.aborted)) {
    await sleep(20, undefined, { signal: over });
  }
}

async function listed(port: number, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/json`, { signal });
  const targets: unknown = await response.json();
  const [target]: readonly unknown[] = Array.isArray(targets) ? targets : [];
  const url = isFields(target) ? target['webSocketDebuggerUrl'] : undefined;
  return typeof url === 'string' ? url : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** A talk with a debugger. @source https://chromedevtools.github.io/devtools-protocol/v8/, and Node's own domain NodeWorker */
class Session {
  readonly #socket: WebSocket;
  readonly #over: AbortSignal;
  #id = 0;

  private constructor(socket: WebSocket, over: AbortSignal) {
    this.#socket = socket;
    this.#over = over;
  }

  static async open(url: string, over: AbortSignal): Promise<Session> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`no answer from ${url}`)));
      over.addEventListener('abort', () => reject(over.reason), { once: true });
    });
    return new Session(socket, over);
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#call('Runtime.evaluate', { expression });
    return isFields(result) ? result['value'] : undefined;
  }

  /** Collects the main thread, then the workers. */
  async collect(): Promise<void> {
    const workers: string[] = [];
    this.#socket.addEventListener('message', ({ data }) => {
      const { method, params } = parse(data);
      if (method !== 'NodeWorker.attachedToWorker' || !isFields(params)) return;
      workers.push(String(params['sessionId']));
    });
    await this.#call(collectMethod, {});
    // Those that run are told of before the answer comes.
    await this.#call('NodeWorker.enable', { waitForDebuggerOnStart: false });
    for (const sessionId of [...workers]) await this.#collectWorker(sessionId);
  }

  close(): void {
    this.#socket.close();
  }

  async #collectWorker(sessionId: string): Promise<void> {
    const collected = this.#until(({ method, params }) => {
      if (method !== 'NodeWorker.receivedMessageFromWorker' || !isFields(params)) return undefined;
      return params['sessionId'] === sessionId ? params : undefined;
    });
    const message = JSON.stringify({ id: 1, method: collectMethod });
    const sent = this.#call('NodeWorker.sendMessageToWorker', { sessionId, message });
    await Promise.all([sent, collected]);
  }

  #call(method: string, params: object): Promise<Fields> {
    this.#id += 1;
    const id = this.#id;
    const answered = this.#until((message) => (message['id'] === id ? message : undefined));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answered.then(({ result, error }) => {
      if (isFields(result)) return result;
      throw new Error(`${method}: ${JSON.stringify(error)}`);
    });
  }

  /** Gives what `pick` makes of the first message that it makes something of. */
  #until(pick: (message: Fields) => Fields | undefined): Promise<Fields> {
    return new Promise((resolve, reject) => {
      this.#over.addEventListener('abort', () => reject(this.#over.reason), { once: true });
      this.#socket.addEventListener('message', ({ data }) => {
        const picked = pick(parse(data));
        if (picked !== undefined) resolve(picked);
      });
    });
  }
}

const collectMethod = 'HeapProfiler.collectGarbage';

function parse(data: unknown): Fields {
  const message: unknown = JSON.parse(String(data));
  return isFields(message) ? message : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
