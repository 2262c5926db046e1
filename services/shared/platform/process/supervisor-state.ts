import type { Reason } from '../../kernel/reason.ts';
import { decideRestart, type RestartPolicy } from './restart-policy.ts';

/** Where a supervised process is in its life. */
export type ServicePhase =
  /** Those before it in the order are not healthy yet. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'starting'; readonly sinceMs: number; readonly isKilled: boolean }
  | { readonly kind: 'healthy'; readonly sinceMs: number; readonly probesFailed: number }
  /** It crashed and starts again at `untilMs`. */
  | { readonly kind: 'backoff'; readonly untilMs: number }
  | { readonly kind: 'stopping'; readonly killAtMs: number; readonly isKilled: boolean }
  | { readonly kind: 'stopped' }
  /** It never became healthy and will not be started again. */
  | { readonly kind: 'failed'; readonly failure: ServiceFailure };

/** Why a service can't start. */
export interface ServiceFailure {
  readonly reason: Reason;
  readonly message: string;
}

/** One supervised process. */
export interface ServiceState {
  readonly name: string;
  readonly phase: ServicePhase;
  readonly restartsCount: number;
  readonly crashesInRow: number;
  readonly wasEverHealthy: boolean;
}

/** All supervised processes, in the order in which they start; they stop in reverse. */
export interface SupervisorState {
  readonly mode: 'running' | 'stopping';
  readonly services: readonly ServiceState[];
}

/** What happened; times come beside it. */
export type SupervisorEvent =
  | { readonly kind: 'time-passed' }
  | { readonly kind: 'became-healthy'; readonly name: string }
  | { readonly kind: 'probed'; readonly name: string; readonly isHealthy: boolean }
  | {
      readonly kind: 'exited';
      readonly name: string;
      /** Such as `exit status 1` or `signal SIGKILL`. */
      readonly how: string;
      /** Whether it said that it was told to leave, and left with exit status 0. */
      readonly isOrderly?: boolean;
      /** What the process said about it before it left. */
      readonly failure?: ServiceFailure & { readonly isRetryable: boolean };
    }
  | { readonly kind: 'stop-asked' }
  | { readonly kind: 'kill-asked' };

/** What the supervisor does next. */
export type SupervisorAction =
  | { readonly kind: 'spawn'; readonly name: string }
  | { readonly kind: 'signal'; readonly name: string; readonly signal: 'SIGTERM' | 'SIGKILL' }
  | { readonly kind: 'tell'; readonly notice: SupervisorNotice };

/** What people should know. */
export type SupervisorNotice =
  | { readonly kind: 'healthy'; readonly name: string; readonly isRestart: boolean }
  | {
      readonly kind: 'crashed';
      readonly name: string;
      readonly how: string;
      readonly delayMs: number;
    }
  /** It was told to leave, did so in order, and starts again. */
  | { readonly kind: 'left'; readonly name: string }
  | { readonly kind: 'gave-up'; readonly name: string; readonly failure: ServiceFailure }
  | {
      readonly kind: 'killed';
      readonly name: string;
      readonly why: 'start-overdue' | 'stop-overdue' | 'unresponsive';
    };

/** How patient the supervisor is. */
export interface SupervisorPolicy {
  readonly restart: RestartPolicy;
  /** From spawn to healthy. */
  readonly startMsMax: number;
  /** From SIGTERM to exit. */
  readonly stopMsMax: number;
  /** Failed probes in a row after which a process counts as hung. */
  readonly probesFailedMax: number;
}

/** The state after an event, and what is to be done. */
export interface SupervisorStep {
  readonly state: SupervisorState;
  readonly actions: readonly SupervisorAction[];
}

/** Gives the state before anything was started. */
export function supervisorState(names: readonly string[]): SupervisorState {
  return {
    mode: 'running',
    services: names.map((name) => ({
      name,
      phase: { kind: 'waiting' },
      restartsCount: 0,
      crashesInRow: 0,
      wasEverHealthy: false,
    })),
  };
}

/** Decides what an event at `nowMs` leads to. */
export function stepSupervisor(
  state: SupervisorState,
  event: SupervisorEvent,
  nowMs: number,
  policy: SupervisorPolicy,
): SupervisorStep {
  const step = new Step(state, nowMs, policy);
  step.take(event);
  step.advance();
  return step.result();
}

/** Gives the time at which something is due though nothing happens; undefined when nothing is. */
export function nextDueMs(state: SupervisorState, policy: SupervisorPolicy): number | undefined {
  const times = state.services.flatMap(({ phase }) => {
    if (phase.kind === 'backoff') return [phase.untilMs];
    if (phase.kind === 'starting' && !phase.isKilled) return [phase.sinceMs + policy.startMsMax];
    if (phase.kind === 'stopping' && !phase.isKilled) return [phase.killAtMs];
    return [];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** One step under way: a working copy of the services and the actions collected so far. */
class Step {
  readonly #services: ServiceState[];
  readonly #actions: SupervisorAction[] = [];
  readonly #nowMs: number;
  readonly #policy: SupervisorPolicy;
  #mode: SupervisorState['mode'];

  constructor(state: SupervisorState, nowMs: number, policy: SupervisorPolicy) {
    this.#services = [...state.services];
    this.#mode = state.mode;
    this.#nowMs = nowMs;
    this.#policy = policy;
  }

  result(): SupervisorStep {
    return { state: { mode: this.#mode, services: this.#services }, actions: this.#actions };
  }

  take(event: SupervisorEvent): void {
    switch (event.kind) {
      case 'time-passed':
        return;
      case 'became-healthy':
        this.#becomeHealthy(event.name);
        return;
      case 'probed':
        this.#probed(event.name, event.isHealthy);
        return;
      case 'exited':
        this.#exited(event);
        return;
      case 'stop-asked':
        this.#mode = 'stopping';
        return;
      case 'kill-asked':
        this.#mode = 'stopping';
        this.#killAll();
        return;
    }
  }

  /** Does what is due now. */
  advance(): void {
    if (this.#mode === 'running') this.#startDue();
    else this.#stopNext();
  }

  #becomeHealthy(name: string): void {
    const service = this.#find(name);
    if (service?.phase.kind !== 'starting') return;
    this.#update(service, {
      phase: { kind: 'healthy', sinceMs: this.#nowMs, probesFailed: 0 },
      wasEverHealthy: true,
    });
    this.#tell({ kind: 'healthy', name, isRestart: service.restartsCount > 0 });
  }

  #probed(name: string, isHealthy: boolean): void {
    const service = this.#find(name);
    if (service?.phase.kind !== 'healthy') return;
    const probesFailed = isHealthy ? 0 : service.phase.probesFailed + 1;
    this.#update(service, { phase: { ...service.phase, probesFailed } });
    // Only at the limit itself: the process is dying after that.
    if (probesFailed === this.#policy.probesFailedMax) this.#kill(name, 'unresponsive');
  }

  #exited(event: Extract<SupervisorEvent, { kind: 'exited' }>): void {
    const service = this.#find(event.name);
    if (service === undefined) return;
    if (this.#mode === 'stopping') {
      this.#update(service, { phase: { kind: 'stopped' } });
      return;
    }
    const { phase, crashesInRow, wasEverHealthy } = service;
    if (event.isOrderly === true && phase.kind === 'healthy') {
      this.#tell({ kind: 'left', name: event.name });
      this.#spawn({ ...service, restartsCount: service.restartsCount + 1 });
      return;
    }
    const healthyForMs = phase.kind === 'healthy' ? this.#nowMs - phase.sinceMs : 0;
    const isHopeless = !wasEverHealthy && event.failure?.isRetryable === false;
    const decision = decideRestart(this.#policy.restart, {
      crashesInRow,
      healthyForMs,
      wasEverHealthy,
    });
    if (isHopeless || decision.kind === 'give-up') {
      const failure = event.failure ?? crashedAtStart(event.name, event.how);
      this.#update(service, { phase: { kind: 'failed', failure } });
      this.#tell({ kind: 'gave-up', name: event.name, failure });
      return;
    }
    this.#update(service, {
      phase: { kind: 'backoff', untilMs: this.#nowMs + decision.delayMs },
      crashesInRow: decision.crashesInRow,
    });
    const { name, how } = event;
    this.#tell({ kind: 'crashed', name, how, delayMs: decision.delayMs });
  }

  #startDue(): void {
    for (const service of this.#services) {
      const { phase } = service;
      if (phase.kind === 'waiting' && this.#areThoseBeforeUp(service)) this.#spawn(service);
      if (phase.kind === 'backoff' && this.#nowMs >= phase.untilMs) {
        this.#spawn({ ...service, restartsCount: service.restartsCount + 1 });
      }
      if (phase.kind !== 'starting' || phase.isKilled) continue;
      if (this.#nowMs < phase.sinceMs + this.#policy.startMsMax) continue;
      this.#update(service, { phase: { ...phase, isKilled: true } });
      this.#kill(service.name, 'start-overdue');
    }
  }

  #areThoseBeforeUp(service: ServiceState): boolean {
    const index = this.#services.findIndex(({ name }) => name === service.name);
    return this.#services.slice(0, index).every((before) => before.wasEverHealthy);
  }

  #spawn(service: ServiceState): void {
    this.#update(service, { phase: { kind: 'starting', sinceMs: this.#nowMs, isKilled: false } });
    this.#actions.push({ kind: 'spawn', name: service.name });
  }

  /** Stops one after the other, the last one first: whoever is called outlives its callers. */
  #stopNext(): void {
    for (const service of [...this.#services].reverse()) {
      const { phase, name } = service;
      if (phase.kind === 'stopped') continue;
      if (phase.kind === 'stopping') {
        if (phase.isKilled || this.#nowMs < phase.killAtMs) return;
        this.#update(service, { phase: { ...phase, isKilled: true } });
        this.#kill(name, 'stop-overdue');
        return;
      }
      if (phase.kind === 'starting' || phase.kind === 'healthy') {
        const killAtMs = this.#nowMs + this.#policy.stopMsMax;
        this.#update(service, { phase: { kind: 'stopping', killAtMs, isKilled: false } });
        this.#actions.push({ kind: 'signal', name, signal: 'SIGTERM' });
        return;
      }
      this.#update(service, { phase: { kind: 'stopped' } });
    }
  }

  #killAll(): void {
    for (const service of this.#services) {
      const { phase, name } = service;
      if (phase.kind !== 'starting' && phase.kind !== 'healthy' && phase.kind !== 'stopping') {
        continue;
      }
      this.#update(service, {
        phase: { kind: 'stopping', killAtMs: this.#nowMs, isKilled: true },
      });
      this.#actions.push({ kind: 'signal', name, signal: 'SIGKILL' });
    }
  }

  #kill(name: string, why: Extract<SupervisorNotice, { kind: 'killed' }>['why']): void {
    this.#actions.push({ kind: 'signal', name, signal: 'SIGKILL' });
    this.#tell({ kind: 'killed', name, why });
  }

  #tell(notice: SupervisorNotice): void {
    this.#actions.push({ kind: 'tell', notice });
  }

  #find(name: string): ServiceState | undefined {
    return this.#services.find((service) => service.name === name);
  }

  #update(service: ServiceState, change: Partial<ServiceState>): void {
    const index = this.#services.findIndex(({ name }) => name === service.name);
    this.#services[index] = { ...service, ...change };
  }
}

function crashedAtStart(name: string, how: string): ServiceFailure {
  return {
    reason: 'SERVICE_CRASHED',
    message: `service ${name} ended (${how}) each time before it was ready; its log says why`,
  };
}
