import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { RegistryState, type StatePlace } from '../core/registry-state.ts';
import type { LogStore } from '../ports.ts';

const format = 'mlmesh-registry-snapshot-1';
const lineEnd = 0x0a;
const newline = '\n';
/** Bytes that are written at once. */
const writeBytes = 1024 * 1024;

/** A place in the log, and what was signed of the models that stand behind it. */
interface Head extends StatePlace {
  readonly format: string;
  /** SHA-256 of the lines of the models. */
  readonly digest: string;
  readonly signature: string;
}

/** Where a snapshot lives, and the key of the registry that signs it. */
export interface SnapshotPlace {
  readonly path: string;
  readonly key: KeyObject;
}

/**
 * Writes down the fold of the log: a line that says where it stands and is signed, then a line a model. It appears under its name when it is whole and on
 * disk. Memory does not grow with the registry.
 */
export async function writeSnapshot(
  { path, key }: SnapshotPlace,
  state: RegistryState,
): Promise<void> {
  const { sequence, hash, atMs } = state;
  const digest = createHash('sha256');
  for (const line of linesOf(state)) digest.update(line);
  const unsigned = { format, sequence, hash, atMs, digest: digest.digest('hex') };
  const signature = sign('sha256', Buffer.from(canonicalJson(unsigned)), key).toString('base64');
  const file = await open(`${path}.new`, 'w');
  try {
    let text = `${canonicalJson({ ...unsigned, signature })}${newline}`;
    for (const line of linesOf(state)) {
      text += line;
      if (text.length < writeBytes) continue;
      await file.writeFile(text);
      text = '';
    }
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/**
 * Gives the state of a snapshot, where there is one that this registry has signed, without a changed byte, and the log has the event at which it
 * stands with the same hash; else undefined: the log is then read from its first event on.
 * @throws {MeshError} what {@link LogStore.read} says
 */
export async function readSnapshot(
  { path, key }: SnapshotPlace,
  log: LogStore,
): Promise<RegistryState | undefined> {
  const bytes = await readWhole(path);
  const headEnd = bytes?.indexOf(lineEnd) ?? -1;
  if (bytes === undefined || headEnd < 0) return undefined;
  const head = readHead(bytes.toString('utf8', 0, headEnd), key);
  const body = bytes.subarray(headEnd + 1);
  if (head === undefined) return undefined;
  if (createHash('sha256').update(body).digest('hex') !== head.digest) return undefined;
  for await (const event of log.read(head.sequence)) {
    const isSame = event.sequence === head.sequence && event.hash === head.hash;
    return isSame ? RegistryState.from(head, modelsOf(body)) : undefined;
  }
  return undefined;
}

/** Removes a snapshot that is not to be trusted. */
export async function removeSnapshot({ path }: SnapshotPlace): Promise<void> {
  await rm(path, { force: true });
}

function* linesOf(state: RegistryState): Generator<string> {
  for (const [name, text] of state.records()) yield `${name}\t${text}${newline}`;
}

function* modelsOf(body: Buffer): Generator<readonly [string, Buffer]> {
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(lineEnd, from);
    const tab = body.indexOf('\t', from);
    yield [body.toString('utf8', from, tab), body.subarray(tab + 1, end)];
    from = end + 1;
  }
}

function readHead(text: string, key: KeyObject): Head | undefined {
  try {
    // Nothing of it is used before its signature holds.
    const head = JSON.parse(text) as Head;
    const { signature, ...unsigned } = head;
    const signed = Buffer.from(canonicalJson(unsigned));
    const holds = verify('sha256', signed, createPublicKey(key), Buffer.from(signature, 'base64'));
    return holds && head.format === format ? head : undefined;
  } catch {
    return undefined;
  }
}

async function readWhole(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined; // none yet
  }
}
