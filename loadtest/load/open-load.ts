import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';

/** Times of some calls, in ms; all 0 where there was none. */
export interface Quantiles {
  readonly count: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly p999_ms: number;
  readonly max_ms: number;
}

/** What came of a load. Times count from the moment at which a call was due. */
export interface OpenLoadReport {
  readonly seconds: number;
  readonly offered: number;
  /** Calls that could not be sent within 5 ms of when they were due: the load itself was the limit. */
  readonly late_sends: number;
  readonly ok: Quantiles;
  /** Calls that were refused with RESOURCE_EXHAUSTED. */
  readonly refused: Quantiles;
  /** Calls with another status, by its name. */
  readonly failed: Readonly<Record<string, number>>;
  readonly last_error: string;
  /** Answers within the objective. */
  readonly in_time: number;
  /** Answers by tier. */
  readonly tiers: Readonly<Record<string, number>>;
  readonly by_second: readonly {
    readonly ok: number;
    readonly refused: number;
    readonly failed: number;
    readonly p99_ms: number;
  }[];
}

/** A load to send. */
export interface OpenLoad {
  readonly address: string;
  /** Path of the method. */
  readonly path: string;
  readonly framesFile: string;
  /** Calls a second, a Poisson process; 0 keeps `inFlight` under way instead. */
  readonly rate: number;
  readonly inFlight?: number;
  readonly seconds: number;
  readonly connections?: number;
  /** Deadline of a call. Default: 1,000 ms. */
  readonly deadlineMs?: number;
  /** An answer counts as in time up to here. Default: 50 ms. */
  readonly sloMs?: number;
  readonly seed?: number;
}

/**
 * Builds the load generator in loadtest/open-load, a program in Go, into a folder, unless it is there; gives its path.
 * @throws {Error} when Go is missing or does not build it
 */
export function buildOpenLoad(folder: string): string {
  const source = join(packageRoot, 'loadtest/open-load');
  const hash = createHash('sha256');
  for (const file of readdirSync(source).sort()) hash.update(readFileSync(join(source, file)));
  const program = resolve(folder, `open-load-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const { error, status, stderr } = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: source,
    encoding: 'utf8',
  });
  if (error !== undefined) throw new Error(`the load generator needs Go: ${error.message}`);
  if (status !== 0) throw new Error(`go build: ${stderr}`);
  return program;
}

/** Sends a load from a process of its own and gives what came of it. @throws {Error} when the generator fails */
export async function runOpenLoad(
  program: string,
  load: OpenLoad,
  signal: AbortSignal,
): Promise<OpenLoadReport> {
  const options = {
    address: load.address,
    path: load.path,
    frames: load.framesFile,
    rate: load.rate,
    'in-flight': load.inFlight ?? 64,
    seconds: load.seconds,
    connections: load.connections ?? 4,
    'deadline-ms': load.deadlineMs ?? 1_000,
    'slo-ms': load.sloMs ?? 50,
    seed: load.seed ?? 1,
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) throw new Error(`open-load ended with ${status}: ${err.trim()}`);
  return JSON.parse(out) as OpenLoadReport;
}
