import type { Component } from '../../kernel/component.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import { logEvent } from './event-log.ts';
import { letSmallHeapGrow } from './heap-growth.ts';
import { readServiceConfig, type ServiceConfig } from './service-config.ts';
import type { ServiceMessage } from './service-message.ts';
import type { ProcessName } from './service-name.ts';

/** What a service is made of, in the order in which its parts start; they stop in reverse. */
export interface ServiceParts {
  readonly components: readonly Component[];
  /** Where it listens (`host:port`), asked once all components have started. */
  readonly address: () => string;
}

/** How a service process is put together and how long it may take to leave. */
export interface RunServiceOptions {
  readonly name: ProcessName;
  /** Builds the parts; what it opens before it throws is its own to close. `signal` aborts when the process is to leave. */
  readonly compose: (
    config: ServiceConfig,
    signal: AbortSignal,
  ) => Promise<ServiceParts> | ServiceParts;
  /** All components together may take this long to stop; then the process exits with status 1. 5000 by default. */
  readonly graceMs?: number;
}

/** Exit status of a service that can't start with the configuration it got: the same start would fail again. */
export const exitCannotStart = 78; // EX_CONFIG of sysexits.h

const graceMsDefault = 5_000; // a drain that takes longer is stuck: calls have deadlines far below

/**
 * Runs a service process from start to exit: starts its parts, tells the parent that it is ready, and that it is leaving when it stops the
 * parts in reverse: on SIGTERM, on SIGINT (when started by hand) and when the parent is gone, then exits with 0. What nobody caught ends the
 * process with 1. Resolves once the service is ready or has failed to start.
 */
export async function runService(options: RunServiceOptions): Promise<void> {
  letSmallHeapGrow();
  const leaving = new AbortController();
  const started: Component[] = [];
  // A component that was being started when the process is told to leave settles before the stop begins.
  let starting: Promise<void> = Promise.resolve();
  const leave = (why: string) => {
    if (leaving.signal.aborted) return;
    leaving.abort(draining(options.name, why));
    logEvent('service-stopping', { service: options.name, why });
    void tellParent({ kind: 'leaving' });
    void starting.catch(() => undefined).then(() => stopAll(started, options));
    exitAfter(options.graceMs ?? graceMsDefault);
  };
  listenToProcess(options.name, leave);
  starting = startAll(options, started, leaving.signal);
  try {
    await starting;
  } catch (error) {
    if (leaving.signal.aborted) return;
    await failStart(options, started, error);
  }
}

async function startAll(
  options: RunServiceOptions,
  started: Component[],
  signal: AbortSignal,
): Promise<void> {
  const config = readServiceConfig();
  if (config.service !== options.name) {
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_CONFIG',
      message: `wanted the configuration of service ${options.name}, got that of ${config.service}`,
    });
  }
  const parts = await options.compose(config, signal);
  for (const component of parts.components) {
    signal.throwIfAborted();
    started.push(component);
    await component.start(signal);
  }
  signal.throwIfAborted();
  const address = parts.address();
  logEvent('service-ready', { service: options.name, address });
  await tellParent({ kind: 'ready', address });
}

async function failStart(
  options: RunServiceOptions,
  started: readonly Component[],
  error: unknown,
): Promise<never> {
  const isKnown = error instanceof MeshError;
  const reason = isKnown ? error.reason : 'INTERNAL';
  const isRetryable = !isKnown || error.retry.kind !== 'never';
  logEvent('service-start-failed', {
    service: options.name,
    reason,
    message: messageOf(error),
    stack: error instanceof Error ? error.stack : undefined,
  });
  exitAfter(options.graceMs ?? graceMsDefault);
  await tellParent({ kind: 'failed', reason, message: messageOf(error), isRetryable });
  await stopComponents(started, options);
  process.exit(isRetryable ? 1 : exitCannotStart);
}

async function stopAll(started: readonly Component[], options: RunServiceOptions): Promise<void> {
  const isClean = await stopComponents(started, options);
  logEvent('service-stopped', { service: options.name, isClean });
  process.exit(isClean ? 0 : 1);
}

/** Stops in reverse order; one that fails does not keep the others from stopping. Gives whether all stopped cleanly. */
async function stopComponents(
  started: readonly Component[],
  options: RunServiceOptions,
): Promise<boolean> {
  let isClean = true;
  for (const component of [...started].reverse()) {
    try {
      await component.stop(options.graceMs ?? graceMsDefault);
    } catch (error) {
      isClean = false;
      logEvent('component-stop-failed', {
        service: options.name,
        component: component.name,
        message: messageOf(error),
      });
    }
  }
  return isClean;
}

function listenToProcess(name: ProcessName, leave: (why: string) => void): void {
  const hasParent = process.send !== undefined;
  process.on('SIGTERM', () => leave('SIGTERM'));
  process.on('SIGINT', () => {
    // Ctrl-C reaches the whole process group; a supervised service waits for its turn in the supervisor's order.
    if (!hasParent) leave('SIGINT');
  });
  process.on('disconnect', () => leave('the supervisor is gone'));
  process.on('uncaughtException', (error) => crash(name, error));
  process.on('unhandledRejection', (error) => crash(name, error));
  // Where logs go to a pipe, its reader may be gone before this process is.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}

function crash(service: ProcessName, error: unknown): never {
  logEvent('service-crashed', {
    service,
    message: messageOf(error),
    stack: error instanceof Error ? error.stack : undefined,
  });
  process.exit(1);
}

/** Resolves when the message is on its way, or could not be sent because the parent is gone. */
function tellParent(message: ServiceMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) {
      resolve();
      return;
    }
    process.send(message, undefined, {}, () => resolve());
  });
}

function exitAfter(graceMs: number): void {
  setTimeout(() => {
    logEvent('service-stop-overdue', { graceMs });
    process.exit(1);
  }, graceMs).unref();
}

function draining(name: ProcessName, why: string): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'DRAINING',
    message: `service ${name} is stopping (${why}); ask another replica or again later`,
    retry: { kind: 'elsewhere' },
  });
}
