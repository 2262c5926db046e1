import { appendFileSync, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { Component } from '../../services/shared/kernel/component.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { runService } from '../../services/shared/platform/process/run-service.ts';
import {
  readServiceConfig,
  type ServiceConfig,
} from '../../services/shared/platform/process/service-config.ts';

/** A component that listens, and writes what happens to it into `<data>/events`. */
class Listener implements Component {
  readonly name = 'listener';
  readonly #config: ServiceConfig;
  readonly #server: Server = createServer();

  constructor(config: ServiceConfig) {
    this.#config = config;
  }

  async start(): Promise<void> {
    const { address, options } = this.#config;
    if (options['failAtStart'] === true) throw refusal();
    if (options['crashAtStart'] === true) throw new TypeError('planned crash');
    const [host = '', port = ''] = address.split(':');
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(Number(port), host, resolve);
    });
    this.#note('started');
  }

  async stop(): Promise<void> {
    this.#note('stopping');
    if (this.#config.options['hangsAtStop'] === true) await new Promise(() => undefined);
    this.#server.close();
    this.#note('stopped');
  }

  address(): string {
    const bound = this.#server.address();
    return typeof bound === 'object' && bound !== null ? `127.0.0.1:${bound.port}` : 'nowhere:0';
  }

  #note(what: string): void {
    const line = `${this.#config.service} ${what} ${process.pid}\n`;
    appendFileSync(`${this.#config.dataDirectory}/events`, line);
  }
}

function refusal(): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: 'wanted a number of workers, got none; set it',
  });
}

const { service, dataDirectory } = readServiceConfig();
await runService({
  name: service,
  graceMs: 2_000,
  compose(config) {
    // A file named after the service makes it crash once it runs, so that a test can choose when.
    setInterval(() => {
      if (existsSync(`${dataDirectory}/crash-${service}`)) throw new TypeError('planned crash');
    }, 20).unref();
    const listener = new Listener(config);
    return { components: [listener], address: () => listener.address() };
  },
});
