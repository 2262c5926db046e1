import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openCallerTls } from '../../../services/cli/certs/caller-tls.ts';
import { connectMesh, type MeshConnection } from '../../../services/cli/rpc/connect-mesh.ts';
import { connect, type MeshClient } from '../../../services/client/index.ts';
import type { MeshAddresses } from '../../../services/shared/platform/process/mesh-addresses.ts';
import type { ServiceName } from '../../../services/shared/platform/process/service-name.ts';
import { systemClock } from '../../../services/shared/platform/process/system-clock.ts';
import { eventually } from '../eventually.ts';
import { MeshProcess, mlmesh } from '../mesh-process.ts';
import { askFlight } from './ask-flight.ts';
import { writeSample } from './write-sample.ts';

/** The small mesh under way, with what a test needs to talk to it. */
export interface SmallFlights extends AsyncDisposable {
  readonly process: MeshProcess;
  readonly data: string;
  /** Of the first replica of each service. */
  readonly addresses: Readonly<Record<ServiceName, string>>;
  /** Of all replicas. */
  readonly replicas: MeshAddresses;
  /** A caller's connection, with the defaults that a caller gets. */
  readonly client: MeshClient;
  /** The calls of the services, as the command makes them. */
  readonly services: MeshConnection;
}

/** How a small mesh is started. */
export interface SmallFlightsOptions {
  /** `virtual`, the default: requests name their time, the history ends on June 1st 2001. `real`: the clock of the machine. */
  readonly clock?: 'virtual' | 'real';
  /** A data directory of a mesh that ran before; by default a copy of one that is trained and stopped. */
  readonly data?: string;
  /** A folder of `mlmesh certs init`, with which the mesh has TLS; whoever runs the test is its admin. Plain text without it. */
  readonly tls?: string;
  /** What `mlmesh up --replicas` gets, such as `router=2`. */
  readonly replicas?: string;
  /** Further arguments of `mlmesh up`. */
  readonly args?: readonly string[];
  /** Whether it has a console; by default it does not. */
  readonly hasConsole?: boolean;
}

/** Where the small mesh is. */
export const meshPath = 'test/support/small-flights';

/** Starts the small mesh, trained and served; disposing it stops it, and removes its data unless they were named. */
export async function startSmallFlights(options: SmallFlightsOptions = {}): Promise<SmallFlights> {
  const data = options.data ?? (await trainedData());
  const clock = options.clock ?? 'virtual';
  const replicated = options.replicas === undefined ? [] : ['--replicas', options.replicas];
  const traffic = clock === 'real' ? '--no-replay' : '--no-traffic';
  const secured = options.tls === undefined ? [] : ['--tls', options.tls];
  const console = options.hasConsole === true ? ['--console', 'port=0'] : [];
  const process = new MeshProcess(data, [
    ...[meshPath, '--port-base', '0', traffic],
    ...replicated,
    ...console,
    ...secured,
    ...(options.args ?? []),
  ]);
  try {
    await untilServed(process);
    if (/stays a shadow/.test(process.text)) forceRelease(data);
  } catch (error) {
    await process.end('SIGKILL');
    throw error;
  }
  const replicas = process.record()?.addresses;
  if (replicas === undefined) throw new Error(`no addresses in ${data}/mesh.json`);
  const { registry, feature, prediction, router, monitor } = replicas;
  const tls = openCallerTls(options.tls, undefined);
  const client = connect({ router, monitor: monitor[0], tls: tls?.settings });
  const services = connectMesh(replicas, systemClock, tls?.client);
  await untilWarm(client, clock);
  return {
    process,
    data,
    addresses: {
      registry: registry[0],
      feature: feature[0],
      prediction: prediction[0],
      router: router[0],
      monitor: monitor[0],
    },
    replicas,
    client,
    services,
    async [Symbol.asyncDispose]() {
      client.close();
      services[Symbol.dispose]();
      tls?.client[Symbol.dispose]();
      await process.end('SIGTERM');
      if (options.data === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Resolves when its model, shadow and fallback answer. */
async function untilServed(mesh: MeshProcess): Promise<void> {
  await eventually(
    `the mesh in ${mesh.data} serves`,
    () => {
      if (mesh.child.exitCode !== null) throw new Error(`it ended:\n${mesh.text}`);
      return /serve flight-delay +(?:model, )?shadow and fallback answer/.test(mesh.text);
    },
    120_000,
  );
}

/**
 * Resolves when the model has answered three questions in a row: the first ones of a process run code that nobody has compiled yet, and on a
 * machine that is busy with other tests the fallback gives them.
 */
export async function untilWarm(client: MeshClient, clock: 'virtual' | 'real'): Promise<void> {
  const { at, ...question } = askFlight();
  const input = clock === 'virtual' && at !== undefined ? { ...question, at } : question;
  let inRow = 0;
  await eventually(
    'the model answers',
    async () => {
      const { tier } = await client.predict('flight-delay', input);
      inRow = tier === 'model' ? inRow + 1 : 0;
      return inRow === 3;
    },
    60_000,
  );
}

/** Gives a copy of the data of a mesh that imported and trained; the first caller of a test run makes it, and two at once make it twice. */
export async function trainedData(): Promise<string> {
  const shared = sharedFolder();
  const trained = join(shared, 'trained');
  const parquet = join(shared, 'flights.parquet');
  process.env['MLMESH_SMALL_FLIGHTS'] = parquet;
  if (!existsSync(parquet)) {
    const own = `${parquet}.${process.pid}`;
    await writeSample(own);
    renameSync(own, parquet);
  }
  if (!existsSync(trained)) await train(trained);
  const copy = mkdtempSync(join(tmpdir(), 'mlmesh-small-flights-'));
  cpSync(trained, copy, { recursive: true });
  return copy;
}

/** Trains a mesh beside `trained` and puts its data there, whole, unless another test was faster. */
async function train(trained: string): Promise<void> {
  const own = `${trained}.${process.pid}`;
  const mesh = new MeshProcess(own, [meshPath, '--port-base', '0', '--no-replay']);
  await untilServed(mesh);
  if (/stays a shadow/.test(mesh.text)) forceRelease(mesh.data);
  const status = await mesh.end('SIGINT');
  if (status !== 0) throw new Error(`exit status ${status}:\n${mesh.text}`);
  if (existsSync(trained)) rmSync(own, { recursive: true });
  else renameSync(own, trained);
}

/** Where other tests kept the machine too busy for the latencies of the checklist, the version goes to production without it. */
function forceRelease(data: string): void {
  const why = ['--force', '--reason', 'the machine had other work', '--data', data];
  const moves = [
    ['2', '--alias', 'production'],
    ['3', '--alias', 'shadow'],
  ];
  for (const move of moves) {
    const { status, stderr } = mlmesh('models', 'promote', 'flight-delay', ...move, ...why);
    if (status !== 0) throw new Error(stderr);
  }
}

/** The runner of the tests names a folder that all files of a run share; a file that is run alone has its own. */
function sharedFolder(): string {
  const named = process.env['MLMESH_TEST_SHARED'];
  if (named !== undefined) {
    mkdirSync(named, { recursive: true });
    return resolve(named);
  }
  const own = mkdtempSync(join(tmpdir(), 'mlmesh-shared-'));
  process.env['MLMESH_TEST_SHARED'] = own;
  process.once('exit', () => rmSync(own, { recursive: true, force: true }));
  return own;
}
