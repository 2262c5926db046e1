import type { MetricKind } from '../metrics/metric.ts';
import { grpcModule } from './grpc-module.ts';
import type { RunHost } from './run-host.ts';
import { apiPrototype, guarded, unsupported } from './unsupported-api.ts';
import type { VirtualUserState } from './virtual-user.ts';

type Checkers = Readonly<Record<string, (value: unknown) => unknown>>;
type SampleTags = Readonly<Record<string, unknown>>;

/** Gives the modules of k6 as one virtual user sees them, by name. */
export function k6ModulesOf(host: RunHost, user: VirtualUserState): ReadonlyMap<string, object> {
  return new Map([
    ['k6', coreModule(host, user)],
    ['k6/data', dataModule(host, user)],
    ['k6/execution', executionModule(host, user)],
    ['k6/metrics', metricsModule(host, user)],
    ['k6/net/grpc', grpcModule(host, user)],
    ['k6/options', guarded('k6/options', {})],
    ['k6/timers', timersModule(host, user)],
  ]);
}

function coreModule(host: RunHost, user: VirtualUserState): object {
  return guarded('k6', {
    check(value: unknown, checkers: Checkers, tags: SampleTags = {}) {
      let isAllPassed = true;
      for (const [name, passes] of Object.entries(checkers)) {
        const isPassed = Boolean(passes(value));
        host.recordCheck(name, isPassed, tagsWith(user, tags));
        isAllPassed &&= isPassed;
      }
      return isAllPassed;
    },
    fail(message = '') {
      throw new Error(message);
    },
    sleep() {
      throw unsupported(
        "'sleep' of k6",
        'it would block every other virtual user of this process. Arrival rates pace iterations without it',
      );
    },
  });
}

function dataModule(host: RunHost, user: VirtualUserState): object {
  // `new` gives what the constructor returns: an array that nobody can change, as in k6.
  function SharedArray(name: string, make: () => unknown): readonly unknown[] {
    if (!user.isInit) throw new Error('new SharedArray must be called in the init context');
    return host.once(`shared array ${name}`, () => {
      const made = make();
      if (!Array.isArray(made)) throw new TypeError('only arrays can be made into SharedArray');
      return deepFrozen(JSON.parse(JSON.stringify(made))) as readonly unknown[];
    });
  }
  return guarded('k6/data', { SharedArray });
}

function executionModule(host: RunHost, user: VirtualUserState): object {
  const scenario = {
    get name() {
      return user.scenario.name;
    },
    get executor() {
      return user.scenario.executor;
    },
    get startTime() {
      return user.scenario.startedAtMs;
    },
    get progress() {
      return user.progress();
    },
    get iterationInTest() {
      return user.iterationInTest;
    },
    get iterationInInstance() {
      return user.iterationInTest;
    },
  };
  const vu = {
    get idInTest() {
      return user.id;
    },
    get idInInstance() {
      return user.id;
    },
    get iterationInInstance() {
      return user.iteration;
    },
  };
  return guarded('k6/execution', {
    scenario: guarded('scenario of k6/execution', scenario),
    vu: guarded('vu of k6/execution', vu),
    instance: guarded('instance of k6/execution', {
      get currentTestRunDuration() {
        return host.clock.monotonic() - user.scenario.startedAtMs;
      },
    }),
  });
}

/** Timers carry on how late an iteration is: what a call waits for is counted from when its turn was to come. */
function timersModule({ clock }: RunHost, user: VirtualUserState): object {
  return guarded('k6/timers', {
    setTimeout(callback: () => void, ms = 0) {
      const dueMs = clock.monotonic() - user.lateMs + ms;
      return setTimeout(
        () => {
          user.lateMs = Math.max(0, clock.monotonic() - dueMs);
          callback();
          // What follows from the callback without waiting for anything else comes before that.
          setImmediate(() => {
            user.lateMs = 0;
          });
        },
        Math.max(0, dueMs - clock.monotonic()),
      );
    },
    clearTimeout,
  });
}

function metricsModule(host: RunHost, user: VirtualUserState): object {
  const metricOf = (kind: MetricKind) => {
    const Made = class {
      readonly name: string;
      readonly #metric;
      constructor(name: string, isTime = false) {
        if (!user.isInit) throw new Error('metrics must be declared in the init context');
        this.name = name;
        this.#metric = host.registry.define(name, kind, isTime ? 'time' : 'default');
      }
      add(value: number | boolean, tags: SampleTags = {}) {
        if (user.isInit) throw new Error('metrics can not be added to in the init context');
        host.add(this.#metric, Number(value), tagsWith(user, tags));
      }
    };
    Object.setPrototypeOf(Made.prototype, apiPrototype(`a ${kind} of k6/metrics`, ['name', 'add']));
    return Made;
  };
  return guarded('k6/metrics', {
    Counter: metricOf('counter'),
    Gauge: metricOf('gauge'),
    Rate: metricOf('rate'),
    Trend: metricOf('trend'),
  });
}

function tagsWith(user: VirtualUserState, tags: SampleTags): Readonly<Record<string, string>> {
  const named = Object.entries(tags).map(([name, value]) => [name, String(value)] as const);
  return { ...user.tags, ...Object.fromEntries(named) };
}

function deepFrozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const one of Object.values(value)) deepFrozen(one);
  return Object.freeze(value);
}
