import { dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isLoopback } from '../../shared/platform/grpc/bind-address.ts';
import { type Environment, environments } from '../../shared/platform/process/environment.ts';
import type { ServiceConfig } from '../../shared/platform/process/service-config.ts';
import type { SupervisorNotice } from '../../shared/platform/process/supervisor-state.ts';
import { checkedOnlineStore, lmdbOnline } from '../../shared/platform/store/online-choice.ts';
import { checkedRegistryStore, lmdbRegistry } from '../../shared/platform/store/registry-choice.ts';
import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';
import { openCallerTls } from '../certs/caller-tls.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-code.ts';
import { newCommand } from '../new-command.ts';
import { ReplayTally } from '../replay/replay-tally.ts';
import { callerTelemetry } from '../rpc/caller-telemetry.ts';
import { connectMesh } from '../rpc/connect-mesh.ts';
import { runCheck } from '../up/check.ts';
import { missedBars } from '../up/check-report.ts';
import { type ConsoleOptions, parseConsoleOption, planConsole } from '../up/console-plan.ts';
import { type DataDirectory, openDataDirectory } from '../up/data-directory.ts';
import { LiveScreen } from '../up/live-screen.ts';
import { type LoadedMesh, loadMesh } from '../up/mesh-file.ts';
import { metricsLine } from '../up/metrics-targets.ts';
import { onFreePorts } from '../up/on-free-ports.ts';
import { metricsOffset, planPorts } from '../up/port-plan.ts';
import { readSummary } from '../up/read-summary.ts';
import { renderNotice, tailOf } from '../up/render-notice.ts';
import { runReplay } from '../up/replay.ts';
import {
  checkReplicaCounts,
  parseReplicaCounts,
  type ReplicaCounts,
  singleReplicas,
} from '../up/replica-counts.ts';
import { type ConsolePlan, type RunningMesh, superviseMesh } from '../up/running-mesh.ts';
import { firstRunSteps, runSteps } from '../up/steps.ts';

/** The options of `mlmesh up`, parsed. */
interface UpOptions {
  readonly data?: string;
  readonly portBase: number;
  readonly replicas?: ReplicaCounts;
  readonly online: string;
  readonly registry: string;
  readonly environment: Environment;
  readonly earlierSets: number;
  readonly prediction: ServiceConfig['options'];
  readonly router: ServiceConfig['options'];
  readonly monitor: ServiceConfig['options'];
  /** True where nothing was said about it. */
  readonly console: ConsoleOptions | true;
  readonly host: string;
  readonly tls?: string;
  readonly as?: string;
  readonly check?: true;
  readonly replay: boolean;
  readonly traffic: boolean;
  readonly speed: number;
}

// An hour of the past in 2 s: a day's rhythm shows within a minute, and each service has a core to spare.
const speedDefault = 1_800;

/** Figures that take longer than this are not waited for, at the end of a mesh neither. */
const summaryMsMax = 2_000;

/** The line that says that a mesh serves; not where a replay of its own says more. */
export const readyLine = 'ready: the mesh serves';

/** Gives the command `up`: runs a mesh until Ctrl-C. */
export function upCommand(context: CommandContext): Command {
  const command = newCommand('up <mesh>', {
    summary: 'run a mesh: its services, what its first start needs, then its replay',
    examples: [
      'up deploy/flights              run it on ports 7500 to 7504',
      'up deploy/flights --check      full speed, one line of JSON, exit status 4 when a figure misses its bar',
      'up mesh.ts --port-base 0       run it on free ports',
      'up mesh.ts --replicas router=2,prediction=2    run two routers and two prediction services',
      'up mesh.ts --prediction callsMax=8    run eight native calls at a time',
      'up mesh.ts --replicas prediction=2 --router hedgeAfter=p95    ask a second one when the first is late',
      'up mesh.ts --online redis://127.0.0.1:6379    keep the online state in Redis',
      'up mesh.ts --tls tls --host mesh.example --as ada    serve other machines, with the certificates of `mlmesh certs`',
      'up mesh.ts --registry postgres://me@127.0.0.1/mlmesh    keep the registry in Postgres',
      'up mesh.ts --console readOnly=true    let nobody act from the console',
    ],
  });
  return withTls(withConsole(withServiceOptions(withStores(command))))
    .option('--data <folder>', 'where it keeps its data (default: .mlmesh/<name of the mesh>)')
    .option(
      '--port-base <port>',
      'router on this port, feature +1, registry +2, prediction +3, monitor +4, further replicas behind, the metrics of each 100 further on; 0 picks free ones',
      parsePortBase,
      7500,
    )
    .option(
      '--replicas <service=number,...>',
      'processes of a service, 1 to 16: router and prediction, and the registry where it is in Postgres; the others have one',
      (text: string) => parseReplicaCounts(text),
    )
    .option(
      '--earlier-sets <count>',
      'feature sets of earlier mesh files that are served beside those of this one, the last used ones',
      parseCount,
      8,
    )
    .addOption(
      new Option(
        '--environment <name>',
        'development, or production, which refuses models that code with uncommitted changes has trained',
      )
        .choices(environments)
        .default('development'),
    )
    .option('--check', 'replay at full speed, print what was measured as JSON, and end')
    .option('--no-replay', 'serve without a replay, on the clock of the machine')
    .option('--no-traffic', 'serve on the clock of the replay, and leave the requests to others')
    .option(
      '--speed <factor>',
      'virtual time for each real time in the replay; 0 is full speed',
      parseSpeed,
      speedDefault,
    )
    .action((path: string, options: UpOptions) => up(path, options, context));
}

/** Adds the options that say what console the mesh has. */
function withConsole(command: Command): Command {
  return command
    .option(
      '--console <name=value>',
      'an option of the console: port=7580 (by default 80 behind --port-base), readOnly=true, hosts=console.example (names beside those in its certificate); may be given again',
      parseConsoleOption,
      true,
    )
    .option('--no-console', 'run without the console');
}

/** Adds the options that say where stores live. */
function withStores(command: Command): Command {
  return command
    .option(
      '--online <store>',
      'where the online state lives: lmdb, in the data folder, or the URL of a Redis, redis://[user:password@]host:port[/db]',
      (text: string) => checkedOnlineStore(text),
      lmdbOnline,
    )
    .option(
      '--registry <store>',
      "where the registry's log lives: lmdb, in the data folder, or the URL of a Postgres, postgres://user:password@host:port/database",
      (text: string) => checkedRegistryStore(text),
      lmdbRegistry,
    );
}

/** Adds the options that go to one service. */
function withServiceOptions(command: Command): Command {
  return command
    .option(
      '--prediction <name=value>',
      'an option of the prediction service, such as callsMax=8 or executionProvider=cpu; may be given again',
      parseServiceOption,
      {},
    )
    .option(
      '--router <name=value>',
      'an option of the router: traceShare=0.01, hedgeAfter=p95 or ms, hedgeShare=0.05; may be given again',
      parseServiceOption,
      {},
    )
    .option(
      '--monitor <name=value>',
      'an option of the monitor: alertWebhooks=http://host/path, alertmanagers=http://host:9093, serviceSilentMs=10000; may be given again',
      parseServiceOption,
      {},
    );
}

/** Adds the options that say where services listen and who may call them. */
function withTls(command: Command): Command {
  return command
    .option(
      '--host <host>',
      'where services listen and find each other: an address or a name of this machine; any but loopback needs --tls',
      '127.0.0.1',
    )
    .option(
      '--tls <folder>',
      'serve with the certificates of a folder that `mlmesh certs init` made, and ask everybody for one',
    )
    .option('--as <name>', 'whose certificate this command uses itself (default: your own)');
}

async function up(path: string, options: UpOptions, context: CommandContext): Promise<void> {
  checkReplicaCounts(options.replicas ?? singleReplicas, options.registry);
  if (options.tls === undefined && !isLoopback(options.host)) {
    throw new UsageError(
      `wanted --tls <folder> for host ${options.host}, which other machines reach; \`mlmesh certs init\` makes such a folder`,
    );
  }
  const loaded = await loadMesh(path);
  const folder = options.data ?? join('.mlmesh', loaded.mesh.name);
  using dataDirectory = await openDataDirectory(folder, loaded.mesh.name, context.clock);
  const run = () => runServices(loaded, dataDirectory, options, context);
  if (options.portBase !== 0) await run();
  else {
    await onFreePorts(run, () =>
      context.output.err('a port was taken meanwhile: starting again on others\n'),
    );
  }
}

async function runServices(
  loaded: LoadedMesh,
  dataDirectory: DataDirectory,
  options: UpOptions,
  context: CommandContext,
): Promise<void> {
  const counts = options.replicas ?? singleReplicas;
  const ports = await planPorts(options.portBase, counts, options.host);
  const { addresses, metricsAddresses } = ports;
  const tlsFolder = options.tls === undefined ? undefined : resolve(options.tls);
  const tls = openCallerTls(tlsFolder, options.as);
  const meshModule = loaded.save(dataDirectory.folder('mesh'));
  const { mesh } = loaded;
  const hasVirtualClock = options.replay && mesh.replay !== undefined;
  context.output.err(`mesh ${mesh.name}, data in ${dataDirectory.path}\n`);
  let print = (line: string) => context.output.err(`${line}\n`);
  const onNotice = (notice: SupervisorNotice) => {
    const addressOf = (name: string) =>
      name === 'console'
        ? running.consoleUrl
        : running.services().find((service) => service.name === name)?.address;
    print(renderNotice(notice, addressOf));
    if (notice.kind !== 'crashed' && notice.kind !== 'gave-up') return;
    const log = logPathOf(notice.name);
    for (const line of tailOf(log, 5)) print(`    ${line}`);
    print(`    all of it: ${log}`);
  };
  const meshFolder = dirname(loaded.sourcePath);
  const listening = { addresses, metricsAddresses, tlsFolder, tls };
  const shared = { dataDirectory, meshModule, meshFolder, ...listening };
  const stores = { onlineStore: options.online, registryStore: options.registry };
  const { earlierSets: earlierSetsMax, prediction: predictionOptions, environment } = options;
  const { router: routerOptions, monitor: monitorOptions } = options;
  const rest = {
    earlierSetsMax,
    predictionOptions,
    routerOptions,
    monitorOptions,
    environment,
    hasVirtualClock,
    onNotice,
    console: await consolePlan(options),
  };
  const plan = { mesh, ...shared, ...stores, ...rest };
  const { supervisor, running, logPathOf } = superviseMesh(plan, context);
  const telemetry = await callerTelemetry(addresses.monitor[0], tls?.client);
  context.forceSignal.addEventListener('abort', () => supervisor.kill());
  try {
    await supervisor.start(context.signal);
    print(metricsLine(metricsAddresses, dataDirectory.path));
    const steps = { ...running, dataDirectory: running.dataDirectory.path };
    await runSteps(firstRunSteps(steps), steps, context);
    if (options.check) await check(running, telemetry, context);
    else {
      const virtual: { ms: number | undefined } = { ms: undefined };
      using connection = connectMesh(addresses, context.clock, tls?.client);
      const screen = new LiveScreen(context, () =>
        // Also at the end, when `context.signal` has aborted: the last figures stay on the screen.
        readSummary(running, connection, virtual.ms, AbortSignal.timeout(summaryMsMax)),
      );
      print = (line) => screen.print(line);
      await live(running, screen, virtual, { ...options, telemetry, context });
    }
  } finally {
    print = (line) => context.output.err(`${line}\n`);
    await telemetry.stop(1_000);
    print('draining');
    await supervisor.stop();
    print('stopped');
  }
}

async function consolePlan({
  console,
  portBase,
  host,
}: UpOptions): Promise<ConsolePlan | undefined> {
  if (console === false) return undefined;
  const options = console === true ? {} : console;
  return { address: await planConsole(options, portBase, host), options };
}

interface LiveOptions extends Pick<UpOptions, 'speed' | 'traffic'> {
  readonly telemetry: Telemetry;
  readonly context: CommandContext;
}

/** Shows the screen, and replays where there is something to replay, until the user has enough. */
async function live(
  running: RunningMesh,
  screen: LiveScreen,
  virtual: { ms: number | undefined },
  { speed, traffic, telemetry, context }: LiveOptions,
): Promise<void> {
  const showing = screen.run(context.signal);
  const isReplayed = running.hasVirtualClock && traffic;
  if (!isReplayed) screen.print(readyLine);
  try {
    if (isReplayed) {
      const onProgress = (ms: number) => {
        virtual.ms = ms;
      };
      const tally = new ReplayTally();
      const run = { speed, onProgress, clock: context.clock, tally, telemetry };
      await runReplay(running, run, context.signal);
      screen.print('the replay is over; the mesh keeps serving');
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  await showing; // until Ctrl-C: the regular end of a mesh
}

async function check(
  running: RunningMesh,
  telemetry: Telemetry,
  context: CommandContext,
): Promise<void> {
  const report = await runCheck(running, telemetry, context);
  context.output.out(`${JSON.stringify(report)}\n`);
  const missed = missedBars(report);
  for (const bar of missed) context.output.err(`! ${bar}\n`);
  if (missed.length > 0) context.setExitCode(exitCodes.checkMissed);
}

function parsePortBase(text: string): number {
  const port = Number(text);
  // The metrics of the last of the services must fit below 65536.
  if (!Number.isInteger(port) || port < 0 || port > 65_535 - 2 * metricsOffset) {
    throw new InvalidArgumentError(
      `wanted a port from 1 to ${65_535 - 2 * metricsOffset}, or 0 for free ones.`,
    );
  }
  return port;
}

/** Adds `name=value` to the options before it; a number is one, and all else a text. */
function parseServiceOption(
  text: string,
  before: ServiceConfig['options'],
): ServiceConfig['options'] {
  const [, name, value] = /^([a-zA-Z]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('wanted a name and a value, such as callsMax=8.');
  }
  const number = Number(value);
  return { ...before, [name]: Number.isNaN(number) ? value : number };
}

function parseCount(text: string): number {
  const count = Number(text);
  if (text !== '' && Number.isSafeInteger(count) && count >= 0) return count;
  throw new InvalidArgumentError('wanted a whole number of 0 or more.');
}

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (text.trim() === '' || !Number.isFinite(speed) || speed < 0) {
    throw new InvalidArgumentError('wanted a number of 0 or more.');
  }
  return speed;
}
