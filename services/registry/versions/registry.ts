import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { artifactHeadBytes, checkArtifactHead } from '../core/artifact-head.ts';
import {
  decidePromote,
  decideRegister,
  decideRollback,
  type PromoteCommand,
  type Registration,
  type RollbackCommand,
} from '../core/decide.ts';
import type { AliasPosition, ArtifactFormat, ModelVersion } from '../core/model-version.ts';
import {
  type AliasesMoved,
  chain,
  type RegistryEvent,
  type RegistryFact,
} from '../core/registry-event.ts';
import { RegistryState } from '../core/registry-state.ts';
import type { BlobStore, LogStore } from '../ports.ts';

/** Aliases after a move, and where it stands in the log. */
export interface Moved {
  readonly aliases: readonly AliasPosition[];
  readonly sequence: number;
}

/** What a registry takes at most. */
export interface RegistryLimits {
  readonly artifactBytesMax: number;
  /** Uploads at the same time. */
  readonly uploadsMax: number;
}

/** What a registry stands on. */
export interface RegistryParts {
  readonly log: LogStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly limits: RegistryLimits;
}

// 5: each means that another process has appended to the same log in between; more than a few in a row is a fault.
const attemptsMax = 5;
const uploadRetryMs = 1_000; // an upload takes about a second

/**
 * Keeps versions and aliases: decides on the state, appends what follows, and tells whoever waits. Several may share one log: one that was
 * overtaken reads what is new and decides anew.
 */
export class Registry {
  readonly #parts: RegistryParts;
  readonly #state = new RegistryState();
  readonly #waiting = new Set<() => void>();
  #uploads = 0;
  /** Decisions follow one another: each sees the state that the one before left. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  /**
   * Gives a registry that has read the whole log and checked its chain.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
   */
  static async open(parts: RegistryParts): Promise<Registry> {
    const registry = new Registry(parts);
    await registry.#catchUp();
    return registry;
  }

  /** Takes in what another registry has appended to the same log. @throws {MeshError} what {@link LogStore.read} says */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#catchUp());
  }

  get state(): RegistryState {
    return this.#state;
  }

  /**
   * Gives the state as it was at a time: what was served then.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
   */
  async stateAt(atMs: number): Promise<RegistryState> {
    const state = new RegistryState();
    for await (const event of this.#parts.log.read(1)) {
      if (event.atMs > atMs) break;
      state.apply(event);
    }
    return state;
  }

  /**
   * Registers a version with its artifact.
   * @throws {MeshError} RESOURCE_EXHAUSTED / ARTIFACT_TOO_LARGE, QUEUE_FULL
   * @throws {MeshError} what {@link BlobStore.write}, {@link decideRegister} and {@link LogStore.append} say
   */
  async register(
    registration: Registration,
    artifact: AsyncIterable<Uint8Array>,
    actor: string,
  ): Promise<{ readonly version: ModelVersion; readonly isKnown: boolean }> {
    const {
      artifactDigest: digest,
      artifactBytes: bytes,
      artifactFormat,
    } = registration.provenance;
    const { artifactBytesMax, uploadsMax } = this.#parts.limits;
    if (bytes > artifactBytesMax) throw tooLarge(bytes, artifactBytesMax);
    if (this.#uploads >= uploadsMax) throw tooManyUploads(uploadsMax);
    this.#uploads += 1;
    try {
      const checked = withCheckedHead(artifactFormat, artifact);
      await this.#parts.blobs.write({ digest, bytes }, checked);
    } finally {
      this.#uploads -= 1;
    }
    return this.#decide(actor, (atMs) => {
      const decided = decideRegister(this.#state, { ...registration, actor, atMs });
      const { version, isKnown } = decided;
      return {
        result: decided,
        fact: isKnown ? undefined : { kind: 'version-registered', version },
      };
    });
  }

  /** @throws {MeshError} what {@link decidePromote} and {@link LogStore.append} say */
  promote(command: PromoteCommand, actor: string): Promise<Moved> {
    return this.#move(() => decidePromote(this.#state, command), actor);
  }

  /** @throws {MeshError} what {@link decideRollback} and {@link LogStore.append} say */
  rollback(command: RollbackCommand, actor: string): Promise<Moved> {
    return this.#move(() => decideRollback(this.#state, command), actor);
  }

  /** Gives the bytes of an artifact. @throws {MeshError} what {@link BlobStore.read} says */
  download(digest: string): AsyncIterable<Uint8Array> {
    return this.#parts.blobs.read(digest);
  }

  /** Gives the events from a sequence on, oldest first. @throws {MeshError} what {@link LogStore.read} says */
  history(fromSequence: number): AsyncIterable<RegistryEvent> {
    return this.#parts.log.read(fromSequence);
  }

  /** Resolves when the log holds event `sequence`, or when `signal` aborts. */
  async grown(sequence: number, signal: AbortSignal): Promise<void> {
    while (this.#state.sequence < sequence && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.add(wake);
        signal.addEventListener('abort', wake);
      });
    }
  }

  #move(decide: () => AliasesMoved, actor: string): Promise<Moved> {
    return this.#decide(actor, () => {
      const fact = decide();
      return { fact, result: { aliases: fact.aliases, sequence: this.#state.sequence + 1 } };
    });
  }

  /** Decides in turn, appends the fact if there is one, and gives the result; decides anew when the log has grown elsewhere. */
  #decide<T>(
    actor: string,
    decide: (atMs: number) => { readonly fact: RegistryFact | undefined; readonly result: T },
  ): Promise<T> {
    return this.#inTurn(async () => {
      for (let attempts = 1; ; attempts += 1) {
        // A refusal too has to know what another registry has done.
        await this.#catchUp();
        // The log's time never goes back, whatever the clock does.
        const atMs = Math.max(this.#parts.clock.epoch(), this.#state.atMs);
        const { fact, result } = decide(atMs);
        if (fact === undefined) return result;
        try {
          await this.#append({ fact, actor, atMs });
          return result;
        } catch (error) {
          const isOvertaken = error instanceof MeshError && error.reason === 'LOG_CONFLICT';
          if (!isOvertaken || attempts === attemptsMax) throw error;
        }
      }
    });
  }

  async #append(event: Pick<RegistryEvent, 'fact' | 'actor' | 'atMs'>): Promise<void> {
    const { sequence, hash } = this.#state;
    const chained = chain(hash, { ...event, sequence: sequence + 1 });
    await this.#parts.log.append(sequence, [chained]);
    this.#apply(chained);
  }

  async #catchUp(): Promise<void> {
    for await (const event of this.#parts.log.read(this.#state.sequence + 1)) this.#apply(event);
  }

  #apply(event: RegistryEvent): void {
    this.#state.apply(event);
    for (const wake of [...this.#waiting]) wake();
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** Passes the chunks on, once the first bytes were seen to be those of the format. */
async function* withCheckedHead(
  format: ArtifactFormat,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < artifactHeadBytes) continue;
    checkArtifactHead(format, head);
    yield head;
    head = undefined;
  }
  if (head === undefined) return;
  checkArtifactHead(format, head);
  yield head;
}

function tooLarge(bytes: number, artifactBytesMax: number): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'ARTIFACT_TOO_LARGE',
    message: `wanted an artifact of at most ${artifactBytesMax} bytes, got one of ${bytes}; make the model smaller or raise the registry's option artifactBytesMax`,
    detail: { bytes, artifactBytesMax },
  });
}

function tooManyUploads(uploadsMax: number): MeshError {
  return new MeshError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'QUEUE_FULL',
    message: `${uploadsMax} uploads are under way; send it again when one is done`,
    retry: { kind: 'after', delayMs: uploadRetryMs },
    detail: { uploadsMax },
  });
}
