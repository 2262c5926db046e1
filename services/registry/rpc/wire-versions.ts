import type { ListVersionsResponse } from '../../gen/mlmesh/registry/v1/ListVersionsResponse.ts';
import type { ModelVersion as WireVersion } from '../../gen/mlmesh/registry/v1/ModelVersion.ts';
import { recordedProvenance } from '../../shared/compute/recorded-provenance.ts';
import { EncodedMessage } from '../../shared/platform/grpc/encoded-message.ts';
import { loadMessage } from '../../shared/platform/grpc/load-proto.ts';
import type { ModelVersion } from '../core/model-version.ts';
import type { ListedVersion, PageQuery, RegistryState } from '../core/registry-state.ts';
import type { VersionCodec } from '../core/stored-versions.ts';
import type { VersionState } from '../core/version-states.ts';
import { toWireAlias, toWireState, toWireTraffic, toWireVersion } from './registry-wire.ts';

const versionMessage = () =>
  loadMessage<WireVersion, ModelVersion & { readonly state: string }>(
    'mlmesh.registry.v1.ModelVersion',
  );

/** Key of the field `versions` of ListVersionsResponse: number 1, length-delimited. */
const versionsKey = 0x0a;
/** Seven bits of a varint, and the bit that says that more follow. */
const [varintBits, varintMore] = [7, 0x80];

/** Versions as messages of the wire, without the state, which is the one thing that changes. */
export const wireVersions: VersionCodec = {
  encode(version) {
    const { state, ...immutable } = toWireVersion(version, 'registered');
    return versionMessage().serialize(immutable);
  },
  decode(bytes) {
    const { state, ...version } = versionMessage().deserialize(Buffer.from(bytes));
    // What encode() was given.
    return { ...version, provenance: recordedProvenance(version.provenance) };
  },
};

/**
 * Encodes a list out of versions that are encoded already. Fields of a message may come in any order and in parts: so a version is its bytes and then its state,
 * and the answer is its versions and then the rest of it.
 */
function encodeList(
  versions: readonly ListedVersion[],
  rest: Omit<ListVersionsResponse, 'versions'>,
): EncodedMessage {
  const parts: Uint8Array[] = [];
  const states = new Map<VersionState, Uint8Array>();
  for (const { bytes, state } of versions) {
    const stateBytes = states.get(state) ?? encodedState(state);
    states.set(state, stateBytes);
    parts.push(keyAndLength(bytes.length + stateBytes.length), bytes, stateBytes);
  }
  const message = loadMessage<ListVersionsResponse, unknown>(
    'mlmesh.registry.v1.ListVersionsResponse',
  );
  parts.push(message.serialize(rest));
  return new EncodedMessage(Buffer.concat(parts));
}

/** Gives a page of versions with the aliases and the traffic of their models. */
export function listPage(state: RegistryState, query: PageQuery): EncodedMessage {
  const { versions, nextPage } = state.page(query);
  // Whoever asks for one model learns of its aliases, those that point nowhere too, where no version is in the page.
  const models = new Set(versions.map(({ model }) => model));
  if (query.model !== '') models.add(query.model);
  const aliases = [...models].flatMap((name) => state.aliases(name).map(toWireAlias));
  const traffic = [...models]
    .map((name) => state.traffic(name))
    .filter(({ generation }) => generation > 0)
    .map(toWireTraffic);
  return encodeList(versions, { aliases, sequence: state.sequence, nextPage, traffic });
}

function encodedState(state: VersionState): Uint8Array {
  return versionMessage().serialize({ state: toWireState(state) });
}

function keyAndLength(length: number): Uint8Array {
  const bytes = [versionsKey];
  let left = length;
  for (; left >= varintMore; left >>>= varintBits) {
    bytes.push((left & (varintMore - 1)) | varintMore);
  }
  bytes.push(left);
  return Uint8Array.from(bytes);
}
