import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Clock } from '../../kernel/clock.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import { restartPolicyDefault } from './restart-policy.ts';
import { parseServiceMessage, type ServiceMessage } from './service-message.ts';
import {
  nextDueMs,
  type ServiceFailure,
  type ServicePhase,
  type SupervisorAction,
  type SupervisorEvent,
  type SupervisorNotice,
  type SupervisorPolicy,
  type SupervisorState,
  stepSupervisor,
  supervisorState,
} from './supervisor-state.ts';

/** A process to supervise: a Node module that calls `runService`. */
export interface ServiceSpec {
  readonly name: string;
  /** Absolute path of the compiled module. */
  readonly modulePath: string;
  /** Added to the environment of the supervisor. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its output is appended here. */
  readonly logPath: string;
  /** Whether the others are up without it: `start` does not wait for it, and does not fail with it. Those are the last in the order. */
  readonly isOptional?: boolean;
}

/** How one supervised process is doing. */
export interface ServiceSnapshot {
  readonly name: string;
  readonly phase: ServicePhase['kind'];
  /** Undefined while no process runs. */
  readonly pid: number | undefined;
  /** `host:port` as the process told it; undefined until it has. */
  readonly address: string | undefined;
  readonly restartsCount: number;
}

/** What a supervisor needs. */
export interface SupervisorOptions {
  /** In the order in which they start. */
  readonly services: readonly ServiceSpec[];
  readonly clock: Clock;
  readonly policy?: Partial<SupervisorPolicy>;
  /** Hears what people should know. */
  readonly onNotice: (notice: SupervisorNotice) => void;
  /** Hears that a snapshot would differ now. */
  readonly onChange?: () => void;
  /** Asks a service that said it was ready whether it is; a throw counts as no. */
  readonly probe?: (name: string, address: string, signal: AbortSignal) => Promise<boolean>;
}

/** 60 s to get healthy, 6 s to stop (a service's own grace is 5 s), five failed probes in a row. */
export const supervisorPolicyDefault: SupervisorPolicy = {
  restart: restartPolicyDefault,
  startMsMax: 60_000, // a model of 1 GB loads in a few seconds; state is memory-mapped
  stopMsMax: 6_000,
  probesFailedMax: 5,
};

const probeEveryMs = 2_000;
const probeAtStartEveryMs = 50;

/** A process under way. */
interface Running {
  readonly child: ChildProcess;
  /** Ends the probing of this process. */
  readonly over: AbortController;
  address: string | undefined;
  /** Whether it said that it was told to leave. */
  isLeaving: boolean;
  failure: (ServiceFailure & { readonly isRetryable: boolean }) | undefined;
}

/**
 * Keeps service processes running: starts them in order, restarts what crashes with a growing wait and at once what was told to leave,
 * stops them in reverse.
 * The processes hold an IPC channel to this one and leave by themselves when it is gone, however it went.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #policy: SupervisorPolicy;
  readonly #running = new Map<string, Running>();
  readonly #waiters = new Set<() => void>();
  readonly #addresses = new Map<string, string>();
  #state: SupervisorState;
  #alarm = new AbortController();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#policy = { ...supervisorPolicyDefault, ...options.policy };
    this.#state = supervisorState(options.services.map(({ name }) => name));
  }

  /**
   * Starts all services; resolves when each was healthy, but for optional ones. After a rejection some may still run: call `stop`.
   * @throws {MeshError} UNAVAILABLE / the service's own reason, or SERVICE_CRASHED, when one can't start
   * @throws the reason of `signal` when it aborts
   */
  async start(signal: AbortSignal): Promise<void> {
    this.#take({ kind: 'time-passed' });
    await this.#until(() => {
      const needed = this.#state.services.filter(({ name }) => !this.#isOptional(name));
      const failed = needed.find(({ phase }) => phase.kind === 'failed');
      if (failed?.phase.kind === 'failed') throw cannotStart(failed.name, failed.phase.failure);
      return needed.every(({ wasEverHealthy }) => wasEverHealthy);
    }, signal);
  }

  /** Stops all services, the last one first, and resolves when none is left; what does not stop in time is killed. */
  async stop(): Promise<void> {
    this.#take({ kind: 'stop-asked' });
    await this.#until(() => this.#state.services.every(({ phase }) => phase.kind === 'stopped'));
    this.#alarm.abort();
  }

  /** Kills all services at once; a `stop` under way resolves when they are gone. */
  kill(): void {
    this.#take({ kind: 'kill-asked' });
  }

  /** Gives how each service is doing, in the order in which they start. */
  services(): readonly ServiceSnapshot[] {
    return this.#state.services.map(({ name, phase, restartsCount }) => ({
      name,
      phase: phase.kind,
      pid: this.#running.get(name)?.child.pid,
      address: this.#addresses.get(name),
      restartsCount,
    }));
  }

  #isOptional(name: string): boolean {
    return this.#options.services.some((spec) => spec.name === name && spec.isOptional === true);
  }

  #take(event: SupervisorEvent): void {
    const nowMs = this.#options.clock.monotonic();
    const { state, actions } = stepSupervisor(this.#state, event, nowMs, this.#policy);
    const hasChanged = state !== this.#state;
    this.#state = state;
    for (const action of actions) this.#act(action);
    this.#setAlarm();
    for (const wake of [...this.#waiters]) wake();
    if (hasChanged) this.#options.onChange?.();
  }

  #act(action: SupervisorAction): void {
    switch (action.kind) {
      case 'spawn':
        this.#spawn(action.name);
        return;
      case 'signal':
        this.#running.get(action.name)?.child.kill(action.signal);
        return;
      case 'tell':
        this.#options.onNotice(action.notice);
        return;
    }
  }

  #spawn(name: string): void {
    const spec = this.#options.services.find((service) => service.name === name);
    if (spec === undefined) throw new Error(`no service ${name}`);
    const log = openSync(spec.logPath, 'a');
    const child = spawn(process.execPath, ['--enable-source-maps', spec.modulePath], {
      env: { ...process.env, ...spec.environment },
      // A file rather than a pipe: a service can log when nobody is left to read.
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    const running: Running = {
      child,
      over: new AbortController(),
      address: undefined,
      isLeaving: false,
      failure: undefined,
    };
    this.#running.set(name, running);
    child.on('message', (value) => this.#hear(name, running, parseServiceMessage(value)));
    child.once('exit', (status, signal) =>
      this.#exited(name, running, {
        how: signal === null ? `exit status ${status}` : `signal ${signal}`,
        isOrderly: running.isLeaving && status === 0,
      }),
    );
    child.once('error', (error) => {
      if (child.pid === undefined)
        this.#exited(name, running, { how: messageOf(error), isOrderly: false });
    });
  }

  #hear(name: string, running: Running, message: ServiceMessage | undefined): void {
    if (message === undefined) return;
    if (message.kind === 'failed') {
      const { reason, message: text, isRetryable } = message;
      running.failure = { reason, message: text, isRetryable };
      return;
    }
    if (message.kind === 'leaving') {
      running.isLeaving = true;
      return;
    }
    running.address = message.address;
    this.#addresses.set(name, message.address);
    void this.#watch(name, message.address, running.over.signal);
  }

  /** Probes a process that said it is ready until it is over: closely until it is healthy, then now and then. */
  async #watch(name: string, address: string, signal: AbortSignal): Promise<void> {
    const { clock, probe } = this.#options;
    const isHealthy = async () => {
      try {
        return (await probe?.(name, address, signal)) ?? true;
      } catch {
        return false; // whatever went wrong, the service did not say that it is well
      }
    };
    try {
      while (!(await isHealthy())) await clock.sleep(durationMs(probeAtStartEveryMs), signal);
      signal.throwIfAborted();
      this.#take({ kind: 'became-healthy', name });
      while (probe !== undefined) {
        await clock.sleep(durationMs(probeEveryMs), signal);
        const isWell = await isHealthy();
        signal.throwIfAborted();
        this.#take({ kind: 'probed', name, isHealthy: isWell });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #exited(
    name: string,
    running: Running,
    exit: { readonly how: string; readonly isOrderly: boolean },
  ): void {
    if (this.#running.get(name) !== running) return;
    this.#running.delete(name);
    running.over.abort();
    const { failure } = running;
    this.#take({ kind: 'exited', name, ...exit, ...(failure === undefined ? {} : { failure }) });
  }

  #setAlarm(): void {
    this.#alarm.abort();
    const dueMs = nextDueMs(this.#state, this.#policy);
    if (dueMs === undefined) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    const waitMs = Math.max(0, dueMs - this.#options.clock.monotonic());
    this.#options.clock.sleep(durationMs(waitMs), alarm.signal).then(
      () => this.#take({ kind: 'time-passed' }),
      () => undefined, // a newer alarm replaced this one
    );
  }

  /** Resolves when `isOver` holds, asked after each event; rejects with what it throws or with the signal's reason. */
  #until(isOver: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        this.#waiters.delete(look);
        signal?.removeEventListener('abort', look);
        finish();
      };
      const look = () => {
        try {
          signal?.throwIfAborted();
          if (isOver()) settle(resolve);
        } catch (error) {
          settle(() => reject(error));
        }
      };
      this.#waiters.add(look);
      signal?.addEventListener('abort', look);
      look();
    });
  }
}

function cannotStart(name: string, failure: ServiceFailure): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: failure.reason,
    message: `service ${name} can't start: ${failure.message}`,
    detail: { service: name },
  });
}
