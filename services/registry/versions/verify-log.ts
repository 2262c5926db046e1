import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import type { ModelVersion } from '../core/model-version.ts';
import { genesisHash, type RegistryEvent, verifyNext } from '../core/registry-event.ts';
import type { VersionSigner } from '../core/signed-version.ts';
import type { BlobStore, LogStore } from '../ports.ts';

/** What is verified, and with what. */
export interface VerifyParts {
  readonly log: LogStore;
  readonly blobs: BlobStore;
  readonly signer: VersionSigner;
}

/** How far a verification is; `fault` says what does not hold, or is '' . */
export interface VerifyProgress {
  readonly events: number;
  readonly blobs: number;
  readonly signatures: number;
  readonly hash: string;
  readonly fault: string;
  readonly isDone: boolean;
}

const progressEvents = 1_000;
/** Bytes of a signature: it names four files. */
const bundleBytesMax = 64 * 1024;

/**
 * Reads the whole log, then each blob and signature that it names and that was not removed; gives every fault, and how far it is. A chain that breaks is
 * the last thing that it reads of the log.
 * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE
 */
export async function* verifyLog(
  parts: VerifyParts,
  { isChainOnly }: { readonly isChainOnly: boolean },
): AsyncGenerator<VerifyProgress> {
  const tally: Tally = { events: 0, blobs: 0, signatures: 0, hash: genesisHash };
  const versions = new Map<string, ModelVersion>();
  for await (const fault of verifyChain(parts.log, tally, versions)) {
    yield { ...tally, fault, isDone: false };
  }
  const verified = new Set<string>();
  for (const version of isChainOnly ? [] : versions.values()) {
    for await (const fault of verifyVersion(parts, { version, verified, tally })) {
      yield { ...tally, fault, isDone: false };
    }
  }
  yield { ...tally, fault: '', isDone: true };
}

interface Tally {
  events: number;
  blobs: number;
  signatures: number;
  hash: string;
}

async function* verifyChain(
  log: LogStore,
  tally: Tally,
  versions: Map<string, ModelVersion>,
): AsyncGenerator<string> {
  try {
    for await (const event of log.read(1)) {
      verifyNext(tally.events, tally.hash, event);
      tally.events = event.sequence;
      tally.hash = event.hash;
      note(versions, event);
      if (tally.events % progressEvents === 0) yield '';
    }
  } catch (error) {
    if (!(error instanceof MeshError) || error.reason !== 'LOG_CORRUPT') throw error;
    yield error.message;
  }
}

async function* verifyVersion(
  { blobs, signer }: VerifyParts,
  at: {
    readonly version: ModelVersion;
    readonly verified: Set<string>;
    readonly tally: Tally;
  },
): AsyncGenerator<string> {
  const { version, verified, tally } = at;
  for (const [what, digest] of blobsOf(version)) {
    if (verified.has(digest)) continue;
    verified.add(digest);
    tally.blobs += 1;
    const fault = await faultOf(() => readAll(blobs, digest, 0));
    if (fault !== undefined) yield `${nameOf(version)}: its ${what}: ${fault}`;
  }
  tally.signatures += 1;
  const fault = await faultOf(async () => {
    signer.verify(version, await readAll(blobs, version.signatureDigest, bundleBytesMax));
  });
  yield fault === undefined ? '' : `${nameOf(version)}: its signature: ${fault}`;
}

function note(versions: Map<string, ModelVersion>, { fact }: RegistryEvent): void {
  if (fact.kind === 'version-registered') versions.set(nameOf(fact.version), fact.version);
  if (fact.kind === 'artifact-removed') versions.delete(nameOf(fact));
}

function nameOf({ model, version }: { readonly model: string; readonly version: number }): string {
  return `${model}@${version}`;
}

/** Names the blobs that a version has, but for its signature. */
export function blobsOf({ provenance }: ModelVersion): readonly (readonly [string, string])[] {
  const blobs: readonly (readonly [string, string])[] = [
    ['artifact', provenance.artifactDigest],
    ['reference profile', provenance.referenceProfileDigest],
    ['golden requests', provenance.goldenRequestsDigest],
    ['training manifest', provenance.trainingManifestDigest],
    ['evaluation', provenance.evaluationDigest],
  ];
  return blobs.filter(([, digest]) => digest !== '');
}

async function faultOf(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof MeshError) return messageOf(error);
    throw error;
  }
}

/** Reads a blob to its end, which checks it, and gives its first bytes. */
async function readAll(blobs: BlobStore, digest: string, keptMax: number): Promise<Buffer> {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of blobs.read(digest)) {
    bytes += chunk.length;
    if (bytes <= keptMax) kept.push(chunk);
  }
  return Buffer.concat(kept);
}
