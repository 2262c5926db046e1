import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

const hasPrometheus = ['prometheus', 'promtool'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
);

/** Why tests with a real Prometheus can't run here; false where they can, and in CI, where they must. */
export const skipPrometheus: string | false =
  hasPrometheus || process.env['CI'] !== undefined
    ? false
    : 'prometheus is not installed: apt-get install --no-install-recommends prometheus';

/** One series of an answer, at one time. */
export interface PrometheusSample {
  readonly metric: Readonly<Record<string, string>>;
  /** Time in seconds, and value. */
  readonly value: readonly [number, string];
}

/** A Prometheus of its own: on a free port of the loopback, in a folder that goes with it. */
export class PrometheusServer implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'mlmesh-prometheus-'));
  readonly #port: number;
  readonly #child: ChildProcess;
  readonly #leave = () => this.#child.kill('SIGKILL');

  private constructor(port: number, targetsPath: string, rules: string) {
    this.#port = port;
    const rulesPath = join(this.#folder, 'rules.yml');
    const config = join(this.#folder, 'prometheus.yml');
    writeFileSync(rulesPath, rules);
    writeFileSync(
      config,
      stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
        rule_files: [rulesPath],
        scrape_configs: [{ job_name: 'mlmesh', file_sd_configs: [{ files: [targetsPath] }] }],
      }),
    );
    this.#child = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(this.#folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    // A test that fails before it can end the server must not leave it behind.
    process.once('exit', this.#leave);
  }

  /** Starts one that reads the targets of a file each second, and evaluates rules. */
  static async start(targetsPath: string, rules: string): Promise<PrometheusServer> {
    const server = new PrometheusServer(await freePort(), targetsPath, rules);
    const isReady = () =>
      fetch(`${server.#url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually('Prometheus is ready', isReady, 60_000);
    return server;
  }

  /** Asks for the series of an expression, now. */
  async query(expr: string): Promise<readonly PrometheusSample[]> {
    const { result } = await this.#get<{ readonly result: readonly PrometheusSample[] }>(
      `query?query=${encodeURIComponent(expr)}`,
    );
    return result;
  }

  /** Gives the names of the alerts that fire, and what labels each has. */
  async firing(): Promise<readonly Readonly<Record<string, string>>[]> {
    const { alerts } = await this.#get<{
      readonly alerts: readonly {
        readonly state: string;
        readonly labels: Readonly<Record<string, string>>;
      }[];
    }>('alerts');
    return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#leave);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${path}`);
    const answer = (await response.json()) as { readonly data: T; readonly error?: string };
    if (!response.ok) throw new Error(`Prometheus says ${response.status}: ${answer.error}`);
    return answer.data;
  }
}

/** Has promtool check a file of rules; gives what it says when it is wrong. */
export function checkRules(path: string): string | undefined {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', path], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `${stdout}${stderr}`;
}
