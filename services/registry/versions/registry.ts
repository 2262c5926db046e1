import type { Clock } from '../../shared/kernel/clock.ts';
import {
  decidePromote,
  decideRegister,
  decideRollback,
  type PromoteCommand,
  type RollbackCommand,
} from '../core/decide.ts';
import type { AliasPosition, ModelVersion, Provenance } from '../core/model-version.ts';
import {
  chain,
  type RegistryEvent,
  type RegistryFact,
  verifyChain,
} from '../core/registry-event.ts';
import { RegistryState } from '../core/registry-state.ts';
import type { BlobStore, LogStore } from '../ports.ts';

/** Aliases after a move, and where it stands in the log. */
export interface Moved {
  readonly aliases: readonly AliasPosition[];
  readonly sequence: number;
}

/** Keeps versions and aliases: decides on the state, appends what follows, and tells whoever watches. */
export class Registry {
  readonly #log: LogStore;
  readonly #blobs: BlobStore;
  readonly #clock: Clock;
  readonly #state = new RegistryState();
  readonly #watchers = new Set<(event: RegistryEvent) => void>();
  /** Decisions follow one another: each sees the state that the one before left. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * Reads the whole log, checks its chain and folds it.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
   */
  constructor(log: LogStore, blobs: BlobStore, clock: Clock) {
    this.#log = log;
    this.#blobs = blobs;
    this.#clock = clock;
    const events = [...log.read(1)];
    verifyChain(events);
    for (const event of events) this.#state.apply(event);
  }

  get state(): RegistryState {
    return this.#state;
  }

  /**
   * Registers a version with its artifact.
   * @throws {MeshError} what {@link BlobStore.write} and {@link LogStore.append} say
   */
  async register(
    model: string,
    provenance: Provenance,
    artifact: AsyncIterable<Uint8Array>,
    actor: string,
  ): Promise<{ readonly version: ModelVersion; readonly isKnown: boolean }> {
    await this.#blobs.write(provenance.artifactDigest, artifact, provenance.artifactBytes);
    return this.#inTurn(async () => {
      const atMs = this.#clock.epoch();
      const decided = decideRegister(this.#state, { model, provenance, actor, atMs });
      if (!decided.isKnown) {
        await this.#append({ kind: 'version-registered', version: decided.version }, actor);
      }
      return decided;
    });
  }

  /** @throws {MeshError} what {@link decidePromote} says */
  promote(command: PromoteCommand, actor: string): Promise<Moved> {
    return this.#move(() => decidePromote(this.#state, command), actor);
  }

  /** @throws {MeshError} what {@link decideRollback} says */
  rollback(command: RollbackCommand, actor: string): Promise<Moved> {
    return this.#move(() => decideRollback(this.#state, command), actor);
  }

  /** Gives the bytes of an artifact. @throws {MeshError} what {@link BlobStore.read} says */
  download(digest: string): AsyncIterable<Uint8Array> {
    return this.#blobs.read(digest);
  }

  /** Gives events from a sequence on, oldest first, at most so many. */
  history(fromSequence: number, eventsMax: number): readonly RegistryEvent[] {
    return [...this.#log.read(Math.max(1, fromSequence), eventsMax)];
  }

  /** Calls `onEvent` for each event that is committed from now on; call what it gives to stop. */
  watch(onEvent: (event: RegistryEvent) => void): () => void {
    this.#watchers.add(onEvent);
    return () => this.#watchers.delete(onEvent);
  }

  #move(decide: () => RegistryFact, actor: string): Promise<Moved> {
    return this.#inTurn(async () => {
      const fact = decide();
      const event = await this.#append(fact, actor);
      const aliases = fact.kind === 'aliases-moved' ? fact.aliases : [];
      return { aliases, sequence: event.sequence };
    });
  }

  async #append(fact: RegistryFact, actor: string): Promise<RegistryEvent> {
    const { sequence, hash } = this.#state;
    const event = chain(hash, { sequence: sequence + 1, atMs: this.#clock.epoch(), actor, fact });
    await this.#log.append(sequence, [event]);
    this.#state.apply(event);
    for (const onEvent of this.#watchers) onEvent(event);
    return event;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
