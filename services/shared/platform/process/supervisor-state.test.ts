import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restartPolicyDefault } from './restart-policy.ts';
import {
  nextDueMs,
  type SupervisorAction,
  type SupervisorEvent,
  type SupervisorPolicy,
  stepSupervisor,
  supervisorState,
} from './supervisor-state.ts';

const policy: SupervisorPolicy = {
  restart: restartPolicyDefault,
  startMsMax: 60_000,
  stopMsMax: 6_000,
  probesFailedMax: 3,
};

/** Runs events through the machine and keeps the actions of each. */
class Machine {
  state = supervisorState(['registry', 'router']);

  at(nowMs: number, event: SupervisorEvent): readonly string[] {
    const step = stepSupervisor(this.state, event, nowMs, policy);
    this.state = step.state;
    return step.actions.map(write);
  }

  /** Both services healthy since 0 ms. */
  static healthy(): Machine {
    const machine = new Machine();
    machine.at(0, { kind: 'time-passed' });
    machine.at(0, { kind: 'became-healthy', name: 'registry' });
    machine.at(0, { kind: 'became-healthy', name: 'router' });
    return machine;
  }

  phase(name: string): string | undefined {
    return this.state.services.find((service) => service.name === name)?.phase.kind;
  }
}

function write(action: SupervisorAction): string {
  switch (action.kind) {
    case 'spawn':
      return `spawn ${action.name}`;
    case 'signal':
      return `${action.signal} ${action.name}`;
    case 'tell':
      return `tell ${action.notice.kind} ${action.notice.name}`;
  }
}

describe('stepSupervisor', () => {
  it('starts each service when those before it are healthy', () => {
    const machine = new Machine();
    assert.deepEqual(machine.at(0, { kind: 'time-passed' }), ['spawn registry']);
    assert.deepEqual(machine.at(5, { kind: 'time-passed' }), []);
    assert.deepEqual(machine.at(9, { kind: 'became-healthy', name: 'registry' }), [
      'tell healthy registry',
      'spawn router',
    ]);
    assert.deepEqual(machine.at(20, { kind: 'became-healthy', name: 'router' }), [
      'tell healthy router',
    ]);
    assert.equal(nextDueMs(machine.state, policy), undefined);
  });

  it('restarts what crashed when its wait is over, and nothing else', () => {
    const machine = Machine.healthy();
    const crash = { kind: 'exited', name: 'registry', how: 'signal SIGKILL' } as const;
    assert.deepEqual(machine.at(1_000, crash), ['tell crashed registry']);
    assert.equal(nextDueMs(machine.state, policy), 1_100);
    assert.deepEqual(machine.at(1_099, { kind: 'time-passed' }), []);
    assert.deepEqual(machine.at(1_100, { kind: 'time-passed' }), ['spawn registry']);
    assert.equal(machine.phase('router'), 'healthy');
    assert.equal(machine.state.services[0]?.restartsCount, 1);
  });

  it('treats an exit with status 0 that nobody asked for as a crash', () => {
    const machine = Machine.healthy();
    const exit = { kind: 'exited', name: 'router', how: 'exit status 0' } as const;
    assert.deepEqual(machine.at(1, exit), ['tell crashed router']);
  });

  it('starts at once again what was told to leave and did, and counts no crash', () => {
    const machine = Machine.healthy();
    const how = 'exit status 0';
    const left = { kind: 'exited', name: 'router', how, isOrderly: true } as const;
    assert.deepEqual(machine.at(1_000, left), ['tell left router', 'spawn router']);
    const router = machine.state.services.at(-1);
    assert.equal(router?.restartsCount, 1);
    assert.equal(router?.crashesInRow, 0);
    // Before it is healthy it can't have been told to: whoever does that again and again starts nothing again and again.
    assert.deepEqual(machine.at(1_001, left), ['tell crashed router']);
  });

  it('gives up at once on a first start that can never succeed', () => {
    const machine = new Machine();
    machine.at(0, { kind: 'time-passed' });
    const failure = { reason: 'PORT_TAKEN', message: 'taken', isRetryable: false } as const;
    const exit = { kind: 'exited', name: 'registry', how: 'exit status 78', failure } as const;
    assert.deepEqual(machine.at(1, exit), ['tell gave-up registry']);
    assert.equal(machine.phase('registry'), 'failed');
  });

  it('keeps restarting what was healthy once, even when it says that it never can be', () => {
    const machine = Machine.healthy();
    const failure = { reason: 'PORT_TAKEN', message: 'taken', isRetryable: false } as const;
    const exit = { kind: 'exited', name: 'registry', how: 'exit status 78', failure } as const;
    assert.deepEqual(machine.at(1, exit), ['tell crashed registry']);
  });

  it('kills a start that takes too long, once', () => {
    const machine = new Machine();
    machine.at(0, { kind: 'time-passed' });
    assert.equal(nextDueMs(machine.state, policy), 60_000);
    const due = machine.at(60_000, { kind: 'time-passed' });
    assert.deepEqual(due, ['SIGKILL registry', 'tell killed registry']);
    assert.deepEqual(machine.at(60_001, { kind: 'time-passed' }), []);
  });

  it('kills what fails its probes three times in a row, and forgives fewer', () => {
    const machine = Machine.healthy();
    const probe = (isHealthy: boolean) =>
      machine.at(1, { kind: 'probed', name: 'router', isHealthy });
    const quiet = [false, false, true, false, false].map(probe);
    assert.deepEqual(quiet.flat(), []);
    assert.deepEqual(probe(false), ['SIGKILL router', 'tell killed router']);
    assert.deepEqual(probe(false), []);
  });

  it('stops one after the other, the last one first', () => {
    const machine = Machine.healthy();
    assert.deepEqual(machine.at(1, { kind: 'stop-asked' }), ['SIGTERM router']);
    assert.deepEqual(machine.at(2, { kind: 'time-passed' }), []);
    const exit = (name: string) => machine.at(3, { kind: 'exited', name, how: 'exit status 0' });
    assert.deepEqual(exit('router'), ['SIGTERM registry']);
    assert.deepEqual(exit('registry'), []);
    assert.ok(machine.state.services.every(({ phase }) => phase.kind === 'stopped'));
  });

  it('kills what does not stop in time', () => {
    const machine = Machine.healthy();
    machine.at(0, { kind: 'stop-asked' });
    assert.equal(nextDueMs(machine.state, policy), 6_000);
    const due = machine.at(6_000, { kind: 'time-passed' });
    assert.deepEqual(due, ['SIGKILL router', 'tell killed router']);
  });

  it('does not restart what crashes while everything stops', () => {
    const machine = Machine.healthy();
    machine.at(0, { kind: 'stop-asked' });
    const exit = { kind: 'exited', name: 'registry', how: 'signal SIGSEGV' } as const;
    assert.deepEqual(machine.at(1, exit), []);
    assert.equal(machine.phase('registry'), 'stopped');
  });

  it('kills everything at once when asked to', () => {
    const machine = Machine.healthy();
    machine.at(0, { kind: 'stop-asked' });
    const killed = machine.at(1, { kind: 'kill-asked' });
    assert.deepEqual(killed, ['SIGKILL registry', 'SIGKILL router']);
  });

  it('has nothing to stop where nothing was started', () => {
    const machine = new Machine();
    assert.deepEqual(machine.at(0, { kind: 'stop-asked' }), []);
    assert.ok(machine.state.services.every(({ phase }) => phase.kind === 'stopped'));
  });
});
