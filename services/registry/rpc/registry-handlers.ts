import type { DownloadResponse } from '../../gen/mlmesh/registry/v1/DownloadResponse.ts';
import type { RegisterVersionRequest__Output } from '../../gen/mlmesh/registry/v1/RegisterVersionRequest.ts';
import type { WatchResponse } from '../../gen/mlmesh/registry/v1/WatchResponse.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import type { ModelVersion } from '../core/model-version.ts';
import { parseProvenance } from '../core/parse-provenance.ts';
import type { RegistryState } from '../core/registry-state.ts';
import type { Registry } from '../versions/registry.ts';
import { parseModelName, parsePromote, parseRollback } from './parse-move.ts';
import { toWireAlias, toWireEvent, toWireVersion } from './registry-wire.ts';
import { watchEvents } from './watch-events.ts';

const historyEventsMax = 1_000;

/**
 * Gives the handlers of the registry's service.
 * @param actorOf gives the name that is recorded for a peer
 */
export function registryHandlers(
  registry: Registry,
  actorOf: (peer: string) => string,
): Handlers<'mlmesh.registry.v1.RegistryService'> {
  const { state } = registry;
  return {
    registerVersion: (requests, call) => register(registry, requests, actorOf(call.peer)),
    getVersion: ({ model, version, alias }) => getVersion(state, model, version, alias),
    listVersions: ({ model }) => ({
      versions: state.versions(model).map(toWireVersion),
      aliases: state.aliases(model).map(toWireAlias),
      sequence: state.sequence,
    }),
    download: ({ artifactDigest }) => download(registry, artifactDigest),
    promote: (request, call) =>
      registry.promote(parsePromote(request), actorOf(call.peer)).then(toWireMoved),
    rollback: (request, call) =>
      registry.rollback(parseRollback(request), actorOf(call.peer)).then(toWireMoved),
    history: ({ model, fromSequence, eventsMax }) => ({
      events: registry
        .history(
          fromSequence,
          eventsMax === 0 ? historyEventsMax : Math.min(eventsMax, historyEventsMax),
        )
        .filter(({ fact }) => model === '' || concerns(fact, model))
        .map(toWireEvent),
    }),
    watch: ({ fromSequence }, call) => watch(registry, fromSequence, call.signal),
  };
}

type Fact = Parameters<typeof toWireEvent>[0]['fact'];

function concerns(fact: Fact, model: string): boolean {
  return fact.kind === 'version-registered'
    ? fact.version.model === model
    : fact.aliases.some((position) => position.model === model);
}

function toWireMoved(moved: Awaited<ReturnType<Registry['promote']>>) {
  return { aliases: moved.aliases.map(toWireAlias), sequence: moved.sequence };
}

function getVersion(state: RegistryState, model: string, version: number, alias: string) {
  const number = version === 0 ? versionBehind(state, model, alias) : version;
  const found: ModelVersion = state.version(model, number);
  const aliases = state.aliases(model).filter((position) => position.version === number);
  return { version: toWireVersion(found), aliases: aliases.map(toWireAlias) };
}

function versionBehind(state: RegistryState, model: string, alias: string): number {
  const position = state.alias(model, alias);
  if (position !== undefined && position.version !== 0) return position.version;
  const aliases = state.aliases(model).map((known) => known.alias);
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'ALIAS_UNKNOWN',
    message: `model '${model.slice(0, 64)}' has no alias '${alias.slice(0, 64)}'; it has ${aliases.join(', ') || 'none'}`,
  });
}

async function register(
  registry: Registry,
  requests: AsyncIterable<RegisterVersionRequest__Output>,
  actor: string,
) {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await iterator.next();
  const header = first.done === true ? undefined : first.value.header;
  if (!header?.provenance) {
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_FIELD',
      message:
        'wanted a header with the model and its provenance as the first message, got none; send it before the chunks',
      violations: [{ field: 'header', description: 'wanted a header first' }],
    });
  }
  const model = parseModelName(header.model, 'header.model');
  const provenance = parseProvenance(header.provenance);
  const registered = await registry.register(model, provenance, chunksOf(iterator), actor);
  return { version: toWireVersion(registered.version), isKnown: registered.isKnown };
}

async function* chunksOf(
  iterator: AsyncIterator<RegisterVersionRequest__Output>,
): AsyncGenerator<Uint8Array> {
  for (let read = await iterator.next(); read.done !== true; read = await iterator.next()) {
    if (read.value.chunk) yield read.value.chunk;
  }
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
