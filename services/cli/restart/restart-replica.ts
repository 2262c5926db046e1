import { join } from 'node:path';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import {
  type MeshAddresses,
  replicaFileName,
} from '../../shared/platform/process/mesh-addresses.ts';
import { isAlive } from '../../shared/platform/process/process-identity.ts';
import type { ProcessName } from '../../shared/platform/process/service-name.ts';
import type { CallerTls } from '../certs/caller-tls.ts';
import { checkConsole } from '../check-console.ts';
import type { CommandContext } from '../command-context.ts';
import { type ProcessRecord, readMeshRecord } from '../mesh-record.ts';
import { checkHealth } from '../rpc/check-health.ts';
import { missingAbilities, readAbilities } from './replica-abilities.ts';
import type { RestartTarget } from './restart-targets.ts';

/** Where a replica runs. */
export interface RestartPlace {
  readonly dataDirectory: string;
  readonly addresses: MeshAddresses;
  /** Of the console; undefined where there is none. */
  readonly consoleAddress: string | undefined;
  readonly tls: CallerTls | undefined;
}

/** A replica that was started again. */
export interface RestartedReplica {
  readonly name: string;
  readonly address: string;
  /** Its new process. */
  readonly pid: number;
  readonly tookMs: number;
}

const pollMs = durationMs(50);
/** A drain takes 5 s at most, and a supervisor gives a start 60 s. */
const backMsMax = 70_000;

/**
 * Tells a replica to drain and leave, and waits until its supervisor has started it again and it can do what it could before.
 * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE when it does not run; FAILED_PRECONDITION / SERVICE_CRASHED when it is not back in 70 s
 */
export async function restartReplica(
  replica: RestartTarget,
  place: RestartPlace,
  context: CommandContext,
): Promise<RestartedReplica> {
  const { clock, signal } = context;
  const { service, number, name } = replica;
  const address =
    (service === 'console' ? place.consoleAddress : place.addresses[service][number - 1]) ?? '';
  const old = processOf(replica, place);
  if (old === undefined || !isAlive(old)) throw notRunning(name);
  const asking = { clock, tls: place.tls?.client };
  const before = await readAbilities(service, address, asking, signal);
  const startedMs = clock.monotonic();
  tellToLeave(old, name);
  let lacking = 'its old process drains';
  for (;;) {
    const now = processOf(replica, place);
    if (now !== undefined && now.pid !== old.pid) {
      const found = await lackOf({ service, address, tls: asking.tls }, before, context);
      if (found === undefined) {
        return { name, address, pid: now.pid, tookMs: clock.monotonic() - startedMs };
      }
      lacking = found;
    }
    if (clock.monotonic() - startedMs > backMsMax) throw notBack(name, lacking, replica, place);
    await clock.sleep(pollMs, signal);
  }
}

function processOf(
  { service, number }: RestartTarget,
  place: RestartPlace,
): ProcessRecord | undefined {
  return readMeshRecord(place.dataDirectory)?.processes.find(
    (running) => running.service === service && running.replica === number,
  );
}

interface AskedReplica {
  readonly service: ProcessName;
  readonly address: string;
  readonly tls: ClientTls | undefined;
}

/** Says what a new process lacks; undefined when it is as the old one was. */
async function lackOf(
  { service, address, tls }: AskedReplica,
  before: ReadonlyMap<string, boolean>,
  { clock, signal }: CommandContext,
): Promise<string | undefined> {
  try {
    const asked =
      service === 'console'
        ? checkConsole(address, signal, tls)
        : checkHealth(address, signal, tls);
    if (!(await asked)) return 'it says that it is not ready';
    const now = await readAbilities(service, address, { clock, tls }, signal);
    const missing = missingAbilities(before, now);
    return missing.length === 0 ? undefined : `it does not have ${missing.join(', ')} yet`;
  } catch (error) {
    signal.throwIfAborted();
    return `it does not answer: ${messageOf(error)}`;
  }
}

function tellToLeave({ pid }: ProcessRecord, name: string): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    throw notTold(name, pid, error);
  }
}

function notTold(name: string, pid: number, cause: unknown): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'PEER_UNAVAILABLE',
    message: `could not signal ${name} (process ${pid}): ${messageOf(cause)}; run this as the user who runs \`mlmesh up\``,
    cause,
  });
}

function notRunning(name: string): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'PEER_UNAVAILABLE',
    message: `wanted to restart ${name}, which has no process now; its supervisor is starting it: look with \`mlmesh status\``,
  });
}

function notBack(
  name: string,
  lacking: string,
  replica: RestartTarget,
  place: RestartPlace,
): MeshError {
  const log = join(place.dataDirectory, 'logs', `${replicaFileName(replica)}.log`);
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'SERVICE_CRASHED',
    message: `${name} was told to restart and is not back after ${backMsMax / 1_000} s: ${lacking}; its log is ${log}. Nothing after it was restarted`,
  });
}
