import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { identityOf, isAlive } from '../../services/shared/platform/process/process-identity.ts';
import { type ServiceSpec, Supervisor } from '../../services/shared/platform/process/supervisor.ts';
import type { SupervisorNotice } from '../../services/shared/platform/process/supervisor-state.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { eventually } from '../support/eventually.ts';
import { fakeEvents, fakePids, fakeService, temporaryFolder } from '../support/fake-mesh.ts';
import { freePort } from '../support/free-port.ts';

const signal = new AbortController().signal;

function supervise(services: readonly ServiceSpec[], policy = {}) {
  const notices: SupervisorNotice[] = [];
  const supervisor = new Supervisor({
    services,
    clock: systemClock,
    policy,
    onNotice: (notice) => notices.push(notice),
  });
  return { supervisor, notices };
}

/** Awaits a rejection with a MeshError and gives it. */
async function refusalOf(promise: Promise<void>): Promise<MeshError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof MeshError, String(error));
  return error;
}

describe('Supervisor', () => {
  it('starts in order, stops in reverse, and leaves no process', async () => {
    using folder = temporaryFolder();
    const names = ['registry', 'feature', 'router'] as const;
    const { supervisor } = supervise(names.map((name) => fakeService(folder.path, name)));
    await supervisor.start(signal);
    const running = supervisor.services();
    assert.ok(running.every(({ phase, address }) => phase === 'healthy' && address !== undefined));
    await supervisor.stop();
    assert.deepEqual(fakeEvents(folder.path), [
      ...names.map((name) => `${name} started`),
      ...['router', 'feature', 'registry'].flatMap((n) => [`${n} stopping`, `${n} stopped`]),
    ]);
    assert.ok(running.every(({ pid = 0 }) => !isAlive(identityOf(pid))));
  });

  it('restarts a service that was killed, on the same port, and tells it', async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    const { supervisor, notices } = supervise([fakeService(folder.path, 'router', { port })]);
    await supervisor.start(signal);
    const [before] = supervisor.services();
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await eventually('the service is healthy again', () => {
      const [service] = supervisor.services();
      return service?.phase === 'healthy' && service.restartsCount === 1;
    });
    const [after] = supervisor.services();
    await supervisor.stop();
    assert.equal(after?.address, before?.address);
    assert.notEqual(after?.pid, before?.pid);
    assert.deepEqual(notices.slice(1), [
      { kind: 'crashed', name: 'router', how: 'signal SIGKILL', delayMs: 100 },
      { kind: 'healthy', name: 'router', isRestart: true },
    ]);
  });

  it('waits longer after each crash', async () => {
    using folder = temporaryFolder();
    const { supervisor, notices } = supervise([fakeService(folder.path, 'router')]);
    await supervisor.start(signal);
    writeFileSync(join(folder.path, 'crash-router'), '');
    const delays = () => notices.flatMap((n) => (n.kind === 'crashed' ? [n.delayMs] : []));
    await eventually('it crashed three times', () => delays().length >= 3);
    rmSync(join(folder.path, 'crash-router'));
    await supervisor.stop();
    assert.deepEqual(delays().slice(0, 3), [100, 200, 400]);
    assert.match(readFileSync(join(folder.path, 'router.log'), 'utf8'), /planned crash/);
  });

  it('passes on why a service refuses to start, after one try', async () => {
    using folder = temporaryFolder();
    const services = [
      fakeService(folder.path, 'registry'),
      fakeService(folder.path, 'router', { failAtStart: true }),
    ];
    const { supervisor, notices } = supervise(services);
    const error = await refusalOf(supervisor.start(signal));
    await supervisor.stop();
    assert.equal(error.reason, 'INVALID_CONFIG');
    assert.match(error.message, /service router can't start: wanted a number of workers/);
    assert.deepEqual(
      notices.map(({ kind }) => kind),
      ['healthy', 'gave-up'],
    );
  });

  it('gives up on a service that crashes at each start', async () => {
    using folder = temporaryFolder();
    const { supervisor, notices } = supervise([
      fakeService(folder.path, 'router', { crashAtStart: true }),
    ]);
    const error = await refusalOf(supervisor.start(signal));
    await supervisor.stop();
    assert.equal(error.message, "service router can't start: planned crash");
    assert.deepEqual(
      notices.map(({ kind }) => kind),
      ['crashed', 'crashed', 'gave-up'],
    );
  });

  it('is up without an optional service, and stops that as well', async () => {
    using folder = temporaryFolder();
    const { supervisor, notices } = supervise([
      fakeService(folder.path, 'router'),
      { ...fakeService(folder.path, 'monitor', { failAtStart: true }), isOptional: true },
    ]);
    await supervisor.start(signal);
    await eventually('it gave up on the optional one', () => notices.at(-1)?.kind === 'gave-up');
    const phases = supervisor.services().map(({ phase }) => phase);
    assert.deepEqual(phases, ['healthy', 'failed']);
    await supervisor.stop();
    assert.ok(supervisor.services().every(({ phase }) => phase === 'stopped'));
  });

  it('kills a service that does not stop in time', async () => {
    using folder = temporaryFolder();
    const { supervisor, notices } = supervise(
      [fakeService(folder.path, 'router', { hangsAtStop: true })],
      { stopMsMax: 300 },
    );
    await supervisor.start(signal);
    await supervisor.stop();
    assert.deepEqual(notices.at(-1), { kind: 'killed', name: 'router', why: 'stop-overdue' });
  });

  it('leaves no orphan when it is killed itself: the services drain and go', async () => {
    using folder = temporaryFolder();
    const path = fileURLToPath(new URL('../support/fake-supervisor.js', import.meta.url));
    const child = spawn(process.execPath, [path, folder.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    // Before the kill: each notes its pid again when it stops.
    const pids = fakePids(folder.path);
    assert.equal(pids.length, 2);
    child.kill('SIGKILL');
    await eventually('both services are gone', () =>
      pids.every((pid) => !isAlive(identityOf(pid))),
    );
    assert.deepEqual(
      new Set(fakeEvents(folder.path)),
      new Set([
        ...['registry started', 'registry stopped', 'registry stopping'],
        ...['router started', 'router stopped', 'router stopping'],
      ]),
    );
  });
});
