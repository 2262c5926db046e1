import type { DownloadResponse } from '../../gen/mlmesh/registry/v1/DownloadResponse.ts';
import type { GetChecklistRequest__Output } from '../../gen/mlmesh/registry/v1/GetChecklistRequest.ts';
import type { GetChecklistResponse } from '../../gen/mlmesh/registry/v1/GetChecklistResponse.ts';
import type { HistoryRequest__Output } from '../../gen/mlmesh/registry/v1/HistoryRequest.ts';
import type { HistoryResponse } from '../../gen/mlmesh/registry/v1/HistoryResponse.ts';
import type { ListVersionsRequest__Output } from '../../gen/mlmesh/registry/v1/ListVersionsRequest.ts';
import type { RegistryEvent as WireEvent } from '../../gen/mlmesh/registry/v1/RegistryEvent.ts';
import type { VerifyLogResponse } from '../../gen/mlmesh/registry/v1/VerifyLogResponse.ts';
import type { WatchResponse } from '../../gen/mlmesh/registry/v1/WatchResponse.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { EncodedMessage } from '../../shared/platform/grpc/encoded-message.ts';
import type { ServerCall } from '../../shared/platform/grpc/server-call.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { requireInteger, requireText } from '../../shared/platform/grpc/validate.ts';
import { missingChecks } from '../core/checklist.ts';
import { diffVersions } from '../core/diff-versions.ts';
import type { ModelVersion } from '../core/model-version.ts';
import { concerns } from '../core/registry-event.ts';
import type { RegistryState } from '../core/registry-state.ts';
import type { Moved, Registry } from '../versions/registry.ts';
import { parseEvidence, toWireAttached, toWireCheck } from './evidence-wire.ts';
import { assertMayPromote } from './may-promote.ts';
import { parsePromote, parseQuarantine, parseRollback, parseTraffic } from './parse-move.ts';
import { readRegistration } from './read-registration.ts';
import { parseDigest, readUpload } from './read-upload.ts';
import { toWireAlias, toWireEvent, toWireTraffic, toWireVersion } from './registry-wire.ts';
import { watchEvents } from './watch-events.ts';
import { listPage } from './wire-versions.ts';

const historyEventsMax = 1_000;
const listVersionsMax = 1_000;
/** Bytes of the versions of a page; an answer may have 4 MiB. */
const listBytesMax = 1024 * 1024;
/** A model and the number of a version, or nothing. */
const pageForm = /^(?:[a-z0-9-]{1,64}\/[1-9]\d{0,9})?$/;
const watchRetryMs = 1_000;

/** What the handlers stand on. */
export interface RegistryHandlersOptions {
  readonly registry: Registry;
  /** Gives the name that is recorded for a caller. @throws {MeshError} UNAUTHENTICATED / CALLER_UNKNOWN */
  readonly actorOf: (call: ServerCall) => Promise<string> | string;
  /** Reads and checks everything that the log names. */
  readonly verify: (options: { readonly isChainOnly: boolean }) => AsyncIterable<VerifyLogResponse>;
  /** Watchers at the same time. */
  readonly watchersMax: number;
}

/** Gives the handlers of the registry's service. */
export function registryHandlers(
  options: RegistryHandlersOptions,
): Handlers<'mlmesh.registry.v1.RegistryService'> {
  return { ...writers(options), ...readers(options) };
}

function writers({ registry, actorOf }: RegistryHandlersOptions) {
  return {
    async upload(requests, call) {
      await actorOf(call);
      const { command, chunks } = await readUpload(requests);
      const { bytes, isComplete } = await registry.upload(command, chunks);
      return { receivedBytes: bytes, isComplete };
    },
    async registerVersion(requests, call) {
      const actor = await actorOf(call);
      const { registration, chunks } = await readRegistration(requests);
      const { version, isKnown } = await registry.register(registration, chunks, actor);
      return { version: wireVersion(registry.state, version), isKnown };
    },
    async attachEvidence({ evidence }, call) {
      const attached = await registry.attach(parseEvidence(evidence), await actorOf(call));
      return { attached: toWireAttached(attached) };
    },
    async promote(request, call) {
      const command = parsePromote(request);
      assertMayPromote(call, command);
      return toWireMoved(await registry.promote(command, await actorOf(call)));
    },
    rollback: async (request, call) =>
      toWireMoved(await registry.rollback(parseRollback(request), await actorOf(call))),
    async setTraffic(request, call) {
      const set = await registry.setTraffic(parseTraffic(request), await actorOf(call));
      return { traffic: toWireTraffic(set.traffic), sequence: set.sequence };
    },
    async quarantine(request, call) {
      const command = parseQuarantine(request);
      const moved = await registry.quarantine(command, await actorOf(call));
      const version = registry.state.version(command.model, command.version);
      return { ...toWireMoved(moved), version: wireVersion(registry.state, version) };
    },
  } satisfies Partial<Handlers<'mlmesh.registry.v1.RegistryService'>>;
}

function readers({ registry, verify, watchersMax }: RegistryHandlersOptions) {
  let watchers = 0;
  return {
    async getUpload({ digest }) {
      const { bytes, isComplete } = await registry.received(parseDigest(digest, 'digest'));
      return { receivedBytes: bytes, isComplete };
    },
    getVersion: ({ model, version, alias }) => getVersion(registry.state, model, version, alias),
    getChecklist: (request) => checklist(registry, request),
    getTraffic({ model }) {
      const { traffic, ramp } = registry.traffic(model);
      const { steps, holdForMs } = ramp;
      return { traffic: toWireTraffic(traffic), rampSteps: [...steps], holdForMs };
    },
    listVersions: (request) => listVersions(registry, request),
    download: ({ artifactDigest, fromByte }) =>
      download(registry, artifactDigest, requireInteger(fromByte, 'from_byte', { min: 0 })),
    history: (request) => history(registry, request),
    diffVersions({ model, leftVersion, rightVersion }) {
      const [left, right] = [leftVersion, rightVersion].map((version) =>
        registry.state.version(model, version),
      );
      return { differences: left && right ? [...diffVersions(left, right)] : [] };
    },
    verifyLog: ({ isChainOnly }) => verify({ isChainOnly }),
    async *watch({ fromSequence }, call) {
      if (watchers >= watchersMax) throw tooManyWatchers(watchersMax);
      const first = sequenceOf(fromSequence);
      watchers += 1;
      try {
        yield* watch(registry, first, call.signal);
      } finally {
        watchers -= 1;
      }
    },
  } satisfies Partial<Handlers<'mlmesh.registry.v1.RegistryService'>>;
}

function wireVersion(state: RegistryState, version: ModelVersion) {
  return toWireVersion(version, state.stateOf(version.model, version.version));
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
    version: wireVersion(state, state.version(model, number)),
    aliases: aliases.map(toWireAlias),
  };
}

function checklist(
  registry: Registry,
  { model, version, alias }: GetChecklistRequest__Output,
): GetChecklistResponse {
  const number = version === 0 ? registry.state.target(model, alias).version : version;
  const rows = registry.checklist(model, number);
  return {
    model,
    version: number,
    rows: rows.map(toWireCheck),
    isComplete: missingChecks(rows).length === 0,
  };
}

async function listVersions(
  registry: Registry,
  request: ListVersionsRequest__Output,
): Promise<EncodedMessage> {
  const { model, isAliasedOnly } = request;
  const at = requireInteger(request.atMs, 'at_ms', { min: 0 });
  const versionsMax = requireInteger(request.versionsMax, 'versions_max', {
    min: 0,
    max: listVersionsMax,
  });
  const form = 'next_page of the page before, or nothing';
  const limits = { charsMin: 0, charsMax: 80, pattern: pageForm, form };
  const from = requireText(request.page, 'page', limits);
  const state = at === 0 ? registry.state : await registry.stateAt(at);
  return listPage(state, {
    model,
    from,
    versionsMax: versionsMax === 0 ? listVersionsMax : versionsMax,
    bytesMax: listBytesMax,
    isAliasedOnly,
  });
}

async function history(
  registry: Registry,
  { model, fromSequence, eventsMax }: HistoryRequest__Output,
): Promise<HistoryResponse> {
  const countMax = eventsMax === 0 ? historyEventsMax : Math.min(eventsMax, historyEventsMax);
  const events: WireEvent[] = [];
  let chars = 0;
  for await (const event of registry.history(sequenceOf(fromSequence))) {
    if (!concerns(event, model)) continue;
    // As JSON an event has more characters than it has bytes on the wire, but for other alphabets, where it has up to a third.
    chars += JSON.stringify(event).length;
    if (events.length > 0 && chars > listBytesMax) break;
    events.push(toWireEvent(event));
    if (events.length >= countMax) break;
  }
  return { events };
}

async function* download(
  registry: Registry,
  digest: string,
  fromByte: number,
): AsyncGenerator<DownloadResponse> {
  for await (const chunk of registry.download(digest, fromByte))
    yield { chunk: Buffer.from(chunk) };
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
