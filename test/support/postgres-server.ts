import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from './free-port.ts';

const debianFolder = '/usr/lib/postgresql';
const programs = programFolder();
const hint = 'PostgreSQL is not installed: apt-get install postgresql';

/** Why tests with a real Postgres can't run here; false where they can, and in CI, where they must. */
export const skipPostgres: string | false =
  programs !== undefined || process.env['CI'] !== undefined ? false : hint;

/** A Postgres of its own: on a free port of the loopback, in a folder that goes with it. */
export class PostgresServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #user: { readonly uid?: number; readonly gid?: number };
  #child: ChildProcess | undefined;
  readonly #leave = () => this.#child?.kill('SIGQUIT');

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = mkdtempSync(join(folder, 'mlmesh-postgres-'));
    this.#user = userOf();
    // A test that fails before it can end the server must not leave it behind.
    process.once('exit', this.#leave);
  }

  /** Makes a database in a folder of `folder` and starts it. */
  static async start(folder = tmpdir()): Promise<PostgresServer> {
    if (programs === undefined) throw new Error(hint);
    const server = new PostgresServer(await freePort(), folder);
    const { uid, gid } = server.#user;
    if (uid !== undefined && gid !== undefined) chownSync(server.#folder, uid, gid);
    const options = ['-D', server.#data, '-A', 'trust', '-U', 'mlmesh', '-E', 'UTF8'];
    const initdb = join(programs, 'initdb');
    const settings = { ...server.#user, cwd: server.#folder, stdio: 'ignore' } as const;
    execFileSync(initdb, [...options, '--locale=C', '--no-sync'], settings);
    await server.launch();
    return server;
  }

  get url(): string {
    return `postgres://mlmesh@127.0.0.1:${this.port}/postgres`;
  }

  /** Starts the process, again after {@link end}. */
  async launch(): Promise<void> {
    const listen = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
    const args = ['-D', this.#data, '-p', String(this.port), ...listen];
    const child = spawn(join(programs ?? '', 'postgres'), args, {
      ...this.#user,
      cwd: this.#folder,
      stdio: 'ignore',
    });
    this.#child = child;
    for (let attempt = 0; attempt < 500; attempt += 1) {
      const isUp = await this.query('SELECT 1').then(
        () => true,
        () => false,
      );
      if (isUp) return;
      await sleep(20);
    }
    throw new Error(`postgres did not come up on port ${this.port}`);
  }

  /** Runs one statement over a connection of its own. */
  async query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const client = new Client({ connectionString: this.url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query(sql);
      return rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Ends the process: `fast` as a restart does, `immediate` as a crash would. */
  async end(how: 'fast' | 'immediate'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#leave);
    await this.end('immediate');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }
}

/** Debian keeps the server's programs outside of the path, a folder for each version. */
function programFolder(): string | undefined {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : [];
  const folders = versions.map((version) => join(debianFolder, version, 'bin'));
  const inPath = (process.env['PATH'] ?? '').split(':');
  return [...folders.reverse(), ...inPath].find((folder) => existsSync(join(folder, 'initdb')));
}

/** Postgres refuses to run as root: then it runs as the user that its package has made. */
function userOf(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}
