import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { RegistryState, type StatePlace, type StoredModel } from '../core/registry-state.ts';
import type { VersionCodec } from '../core/stored-versions.ts';
import type { LogStore } from '../ports.ts';

const format = 'mlmesh-registry-snapshot-3';
const lineEnd = 0x0a;
const newline = '\n';
/** Bytes that are written at once. */
const writeBytes = 1024 * 1024;

/** A place in the log, and what was signed of the models that stand behind it. */
interface Head extends StatePlace {
  readonly format: string;
  /** SHA-256 of what follows: the models. */
  readonly digest: string;
  readonly signature: string;
}

/** Where a snapshot lives, the key of the registry that signs it, and how versions stand in it. */
export interface SnapshotPlace {
  readonly path: string;
  readonly key: KeyObject;
  readonly codec: VersionCodec;
}

/**
 * Writes down the fold of the log: a line that says where it stands and is signed, then for each model a line and the bytes of its versions. It appears under its name when it is whole and on
 * disk. Memory does not grow with the registry.
 */
export async function writeSnapshot(
  { path, key }: SnapshotPlace,
  state: RegistryState,
): Promise<void> {
  const { sequence, hash, atMs } = state;
  const digest = createHash('sha256');
  for (const part of partsOf(state)) digest.update(part);
  const unsigned = { format, sequence, hash, atMs, digest: digest.digest('hex') };
  const signature = sign('sha256', Buffer.from(canonicalJson(unsigned)), key).toString('base64');
  try {
    await writeParts(
      `${path}.new`,
      `${canonicalJson({ ...unsigned, signature })}${newline}`,
      state,
    );
  } catch (error) {
    // What is half takes room that is wanted elsewhere.
    await rm(`${path}.new`, { force: true });
    throw error;
  }
  await rename(`${path}.new`, path);
}

/** The state of a snapshot, or why there is none. */
export type FoundSnapshot =
  | { readonly kind: 'found'; readonly state: RegistryState }
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly why: string };

/**
 * Gives the state of a snapshot, where there is one that this registry has signed, without a changed byte, and the log has the event at which it
 * stands with the same hash; else the log is to be read from its first event on.
 * @throws {MeshError} what {@link LogStore.read} says
 */
export async function readSnapshot(
  { path, key, codec }: SnapshotPlace,
  log: LogStore,
): Promise<FoundSnapshot> {
  const bytes = await readWhole(path);
  if (bytes === undefined) return { kind: 'none' };
  const headEnd = bytes.indexOf(lineEnd);
  const head = headEnd < 0 ? 'it has no head' : readHead(bytes.toString('utf8', 0, headEnd), key);
  if (typeof head === 'string') return unusable(head);
  const body = bytes.subarray(headEnd + 1);
  const digest = createHash('sha256').update(body).digest('hex');
  if (digest !== head.digest) return unusable('it is cut short, or a byte of it is another');
  for await (const event of log.read(head.sequence)) {
    const isSame = event.sequence === head.sequence && event.hash === head.hash;
    if (!isSame) return unusable(`it is of another log: event ${head.sequence} has another hash`);
    return { kind: 'found', state: RegistryState.from(head, modelsOf(body), codec) };
  }
  return unusable(`it is of another log: this one does not reach event ${head.sequence}`);
}

function unusable(why: string): FoundSnapshot {
  return { kind: 'unusable', why };
}

/** Removes a snapshot that is not to be trusted. */
export async function removeSnapshot({ path }: SnapshotPlace): Promise<void> {
  await rm(path, { force: true });
}

async function writeParts(path: string, head: string, state: RegistryState): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(head);
    let parts: Uint8Array[] = [];
    let bytes = 0;
    for (const part of partsOf(state)) {
      parts.push(part);
      bytes += part.length;
      if (bytes < writeBytes) continue;
      await file.writeFile(Buffer.concat(parts));
      [parts, bytes] = [[], 0];
    }
    await file.writeFile(Buffer.concat(parts));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A model is a line of its name, the lengths of its versions and its record, and then the bytes of its versions. */
function* partsOf(state: RegistryState): Generator<Uint8Array> {
  for (const { name, record, versions } of state.stored()) {
    const lengths = versions.map(({ length }) => length).join();
    yield Buffer.from(`${name}\t${lengths}\t${record.toString()}${newline}`);
    yield* versions;
  }
}

function* modelsOf(body: Buffer): Generator<StoredModel> {
  for (let from = 0; from < body.length; ) {
    const lineEndAt = body.indexOf(lineEnd, from);
    const nameEnd = body.indexOf('\t', from);
    const lengthsEnd = body.indexOf('\t', nameEnd + 1);
    const lengths = body.toString('latin1', nameEnd + 1, lengthsEnd);
    const name = body.toString('utf8', from, nameEnd);
    const record = body.subarray(lengthsEnd + 1, lineEndAt);
    const versions: Uint8Array[] = [];
    from = lineEndAt + 1;
    for (const length of lengths === '' ? [] : lengths.split(',')) {
      versions.push(body.subarray(from, from + Number(length)));
      from += Number(length);
    }
    yield { name, record, versions };
  }
}

/** Gives the head, or why it can't be one. */
function readHead(text: string, key: KeyObject): Head | string {
  try {
    // Nothing of it is used before its signature holds.
    const head = JSON.parse(text) as Head;
    const { signature, ...unsigned } = head;
    const signed = Buffer.from(canonicalJson(unsigned));
    const holds = verify('sha256', signed, createPublicKey(key), Buffer.from(signature, 'base64'));
    if (!holds) return 'it was not signed by this registry';
    return head.format === format ? head : `it has the form ${head.format}, not ${format}`;
  } catch {
    return 'its head is not one that this registry has signed';
  }
}

async function readWhole(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined; // none yet
  }
}
