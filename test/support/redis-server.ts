import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';

const hasServer = spawnSync('redis-server', ['--version']).status === 0;

/** Why tests with a real Redis can't run here; false where they can, and in CI, where they must. */
export const skipRedis: string | false =
  hasServer || process.env['CI'] !== undefined
    ? false
    : 'redis-server is not installed: apt-get install redis-server';

/** A Redis of its own: on a free port of the loopback, without persistence, in a folder that goes with it. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #options: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'mlmesh-redis-'));
  #child: ChildProcess | undefined;
  readonly #leave = () => this.#child?.kill('SIGKILL');

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
    // A test that fails before it can end the server must not leave it behind.
    process.once('exit', this.#leave);
  }

  /** Starts one with further options of its command line. */
  static async start(...options: readonly string[]): Promise<RedisServer> {
    if (!hasServer) throw new Error('redis-server is not installed: apt-get install redis-server');
    const server = new RedisServer(await freePort(), options);
    await server.launch();
    return server;
  }

  /** Starts one that is a cluster of one node: it refuses commands over keys of several slots. */
  static async startCluster(): Promise<RedisServer> {
    const server = await RedisServer.start(
      '--cluster-enabled',
      'yes',
      '--cluster-announce-ip',
      '127.0.0.1',
    );
    await server.command('cluster', 'addslotsrange', '0', '16383');
    for (;;) {
      if (String(await server.command('cluster', 'info')).includes('cluster_state:ok'))
        return server;
      await sleep(20);
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts the process, again after {@link kill}: empty then. */
  async launch(): Promise<void> {
    const fixed = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    const args = [...fixed, '--save', '', '--appendonly', 'no', ...this.#options];
    const child = spawn('redis-server', args, { stdio: 'ignore' });
    this.#child = child;
    for (let attempt = 0; attempt < 250; attempt += 1) {
      const isUp = await this.command('ping').then(
        () => true,
        () => false,
      );
      if (isUp) return;
      await sleep(20);
    }
    throw new Error(`redis-server did not come up on port ${this.port}`);
  }

  /** Sends one command over a connection of its own. */
  async command(name: string, ...args: readonly string[]): Promise<unknown> {
    const redis = this.connect();
    try {
      await redis.connect();
      return await redis.call(name, ...args);
    } finally {
      redis.disconnect();
    }
  }

  /** Gives a connection, for the caller to open and to end. */
  connect(): Redis {
    const redis = new Redis({
      host: '127.0.0.1',
      port: this.port,
      lazyConnect: true,
      retryStrategy: () => null,
    });
    redis.on('error', () => undefined);
    return redis;
  }

  /** Holds the process, as a machine that hangs would; {@link resume} lets it go on. */
  stall(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends the process at once; what it had is lost. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#leave);
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
