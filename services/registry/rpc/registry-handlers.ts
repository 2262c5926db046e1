import type { DownloadResponse } from '../../gen/mlmesh/registry/v1/DownloadResponse.ts';
import type { HistoryRequest__Output } from '../../gen/mlmesh/registry/v1/HistoryRequest.ts';
import type { HistoryResponse } from '../../gen/mlmesh/registry/v1/HistoryResponse.ts';
import type { ListVersionsRequest__Output } from '../../gen/mlmesh/registry/v1/ListVersionsRequest.ts';
import type { ListVersionsResponse } from '../../gen/mlmesh/registry/v1/ListVersionsResponse.ts';
import type { WatchResponse } from '../../gen/mlmesh/registry/v1/WatchResponse.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { requireInteger } from '../../shared/platform/grpc/validate.ts';
import { concerns, type RegistryEvent } from '../core/registry-event.ts';
import type { RegistryState } from '../core/registry-state.ts';
import type { Moved, Registry } from '../versions/registry.ts';
import { parsePromote, parseRollback } from './parse-move.ts';
import { readRegistration } from './read-registration.ts';
import { toWireAlias, toWireEvent, toWireVersion } from './registry-wire.ts';
import { watchEvents } from './watch-events.ts';

const historyEventsMax = 1_000;
const watchRetryMs = 1_000;

/** What the handlers stand on. */
export interface RegistryHandlersOptions {
  readonly registry: Registry;
  /** Gives the name that is recorded for a peer. */
  readonly actorOf: (peer: string) => string;
  /** Watchers at the same time. */
  readonly watchersMax: number;
}

/** Gives the handlers of the registry's service. */
export function registryHandlers(
  options: RegistryHandlersOptions,
): Handlers<'mlmesh.registry.v1.RegistryService'> {
  const { registry, actorOf } = options;
  let watchers = 0;
  return {
    async registerVersion(requests, call) {
      const { registration, chunks } = await readRegistration(requests);
      const { version, isKnown } = await registry.register(
        registration,
        chunks,
        actorOf(call.peer),
      );
      return { version: toWireVersion(version), isKnown };
    },
    getVersion: ({ model, version, alias }) => getVersion(registry.state, model, version, alias),
    listVersions: (request) => listVersions(registry, request),
    download: ({ artifactDigest }) => download(registry, artifactDigest),
    promote: async (request, call) =>
      toWireMoved(await registry.promote(parsePromote(request), actorOf(call.peer))),
    rollback: async (request, call) =>
      toWireMoved(await registry.rollback(parseRollback(request), actorOf(call.peer))),
    history: (request) => history(registry, request),
    async *watch({ fromSequence }, call) {
      if (watchers >= options.watchersMax) throw tooManyWatchers(options.watchersMax);
      const first = sequenceOf(fromSequence);
      watchers += 1;
      try {
        yield* watch(registry, first, call.signal);
      } finally {
        watchers -= 1;
      }
    },
  };
}

function toWireMoved({ aliases, sequence }: Moved) {
  return { aliases: aliases.map(toWireAlias), sequence };
}

/** Gives a sequence to begin at; 0, the default of the wire, is the beginning. */
function sequenceOf(fromSequence: number): number {
  return Math.max(1, requireInteger(fromSequence, 'from_sequence', { min: 0 }));
}

function getVersion(state: RegistryState, model: string, version: number, alias: string) {
  const number = version === 0 ? state.target(model, alias).version : version;
  const aliases = state.aliases(model).filter((position) => position.version === number);
  return {
    version: toWireVersion(state.version(model, number)),
    aliases: aliases.map(toWireAlias),
  };
}

async function listVersions(
  registry: Registry,
  { model, atMs }: ListVersionsRequest__Output,
): Promise<ListVersionsResponse> {
  const at = requireInteger(atMs, 'at_ms', { min: 0 });
  const state = at === 0 ? registry.state : await registry.stateAt(at);
  return {
    versions: state.versions(model).map(toWireVersion),
    aliases: state.aliases(model).map(toWireAlias),
    sequence: state.sequence,
  };
}

async function history(
  registry: Registry,
  { model, fromSequence, eventsMax }: HistoryRequest__Output,
): Promise<HistoryResponse> {
  const countMax = eventsMax === 0 ? historyEventsMax : Math.min(eventsMax, historyEventsMax);
  const events: RegistryEvent[] = [];
  for await (const event of registry.history(sequenceOf(fromSequence))) {
    if (concerns(event, model)) events.push(event);
    if (events.length >= countMax) break;
  }
  return { events: events.map(toWireEvent) };
}

async function* download(registry: Registry, digest: string): AsyncGenerator<DownloadResponse> {
  for await (const chunk of registry.download(digest)) yield { chunk: Buffer.from(chunk) };
}

async function* watch(
  registry: Registry,
  fromSequence: number,
  signal: AbortSignal,
): AsyncGenerator<WatchResponse> {
  for await (const event of watchEvents(registry, fromSequence, signal)) {
    yield { event: toWireEvent(event) };
  }
}

function tooManyWatchers(watchersMax: number): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'QUEUE_FULL',
    message: `${watchersMax} watchers are connected; watch again when one has left, or raise the registry's option watchersMax`,
    retry: { kind: 'after', delayMs: watchRetryMs },
    detail: { watchersMax },
  });
}
