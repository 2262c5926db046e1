import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { RampPolicy } from '../../shared/kernel/ramp-policy.ts';
import { type Check, checklistOf } from '../core/checklist.ts';
import { checklistSubject } from '../core/checklist-subject.ts';
import {
  decideAttach,
  decidePromote,
  decideQuarantine,
  decideRegister,
  decideRollback,
  type PromoteCommand,
  type QuarantineCommand,
  type Registration,
  type RollbackCommand,
} from '../core/decide.ts';
import {
  decideTraffic,
  rampOf,
  type TrafficCommand,
  trafficAfter,
} from '../core/decide-traffic.ts';
import type { Deciding } from '../core/deciding.ts';
import type { AttachedEvidence, Evidence } from '../core/evidence.ts';
import { evidenceKinds } from '../core/evidence-kinds.ts';
import type { AliasPosition, ModelVersion } from '../core/model-version.ts';
import { chain, type RegistryEvent, type RegistryFact } from '../core/registry-event.ts';
import { RegistryState } from '../core/registry-state.ts';
import type { VersionSigner } from '../core/signed-version.ts';
import type { VersionCodec } from '../core/stored-versions.ts';
import type { ModelTraffic } from '../core/traffic.ts';
import type { BlobStore, LogStore, ReceivedBlob } from '../ports.ts';
import { ArtifactIntake, type IntakeLimits, type UploadCommand } from './artifact-intake.ts';

/** Aliases after a move, and where it stands in the log. */
export interface Moved {
  readonly aliases: readonly AliasPosition[];
  readonly sequence: number;
}

/** Traffic after a change, and where that stands in the log. */
export interface SetTraffic {
  readonly traffic: ModelTraffic;
  readonly sequence: number;
}

/** A version, and whether it was there already. */
export interface Registered {
  readonly version: ModelVersion;
  readonly isKnown: boolean;
}

/** What a registry stands on. */
export interface RegistryParts {
  readonly log: LogStore;
  readonly blobs: BlobStore;
  readonly signer: VersionSigner;
  readonly clock: Clock;
  readonly limits: IntakeLimits;
  /** Whether versions of code that had changes beside its commit are taken: in development alone. */
  readonly isDirtyTaken: boolean;
  /** SHA-256 of the policy of each model, as the mesh has it now; none are compared with it where it is missing. */
  readonly policyDigests?: ReadonlyMap<string, string>;
  /** How the canary of each model gets its traffic; the default where none is named. */
  readonly ramps?: ReadonlyMap<string, RampPolicy>;
  /** How versions are kept and listed. */
  readonly codec: VersionCodec;
  /** State to begin with; the log is read from there on. */
  readonly state?: RegistryState;
}

/** What was decided: a fact to append if there is one, and what to answer. */
interface Decision<T> {
  readonly fact: RegistryFact | undefined;
  readonly result: T;
}

// 8: each means that another registry has appended to the same log in between; more in a row is a fault.
const attemptsMax = 8;

/**
 * Keeps versions and aliases: decides on the state, appends what follows, and tells whoever waits. Several may share one log: one that was
 * overtaken reads what is new and decides anew.
 */
export class Registry {
  readonly #parts: RegistryParts;
  readonly #state: RegistryState;
  readonly #intake: ArtifactIntake;
  readonly #waiting = new Set<() => void>();
  #past: { readonly atMs: number; readonly state: WeakRef<RegistryState> } | undefined;
  /** Decisions follow one another: each sees the state that the one before left. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: RegistryParts) {
    this.#parts = parts;
    this.#state = parts.state ?? new RegistryState(parts.codec);
    this.#intake = new ArtifactIntake(parts.blobs, parts.limits);
  }

  /**
   * Gives a registry that has read the log to its end and checked its chain.
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
   * Gives the state as it was at a time: what was served then. The last one that was asked for is kept while memory allows, since pages are asked for one by one.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
   */
  async stateAt(atMs: number): Promise<RegistryState> {
    const known = this.#past?.atMs === atMs ? this.#past.state.deref() : undefined;
    if (known !== undefined) return known;
    // What comes later has a later time, or the same as the last event.
    const isPast = atMs < this.#state.atMs;
    const state = new RegistryState(this.#parts.codec);
    for await (const event of this.#parts.log.read(1)) {
      if (event.atMs > atMs) break;
      state.apply(event);
    }
    if (isPast) this.#past = { atMs, state: new WeakRef(state) };
    return state;
  }

  /** Says how much of a blob is there. */
  received(digest: string): Promise<ReceivedBlob> {
    return this.#parts.blobs.received(digest);
  }

  /** Takes a blob, or goes on with one. @throws {MeshError} what {@link ArtifactIntake.upload} says */
  upload(command: UploadCommand, chunks: AsyncIterable<Uint8Array>): Promise<ReceivedBlob> {
    return this.#intake.upload(command, chunks);
  }

  /**
   * Registers a version with its artifact, or with the one that was uploaded before, and signs it.
   * @throws {MeshError} FAILED_PRECONDITION / PROVENANCE_INCOMPLETE when its code had changes that no commit has
   * @throws {MeshError} what {@link ArtifactIntake.take}, {@link decideRegister} and {@link LogStore.append} say
   */
  async register(
    registration: Registration,
    artifact: AsyncIterable<Uint8Array>,
    actor: string,
  ): Promise<Registered> {
    const { provenance } = registration;
    if (provenance.isCodeDirty && !this.#parts.isDirtyTaken) throw dirtyCode(provenance.codeCommit);
    await this.#intake.take(provenance, artifact);
    return this.#decide<Registered>(actor, async (atMs) => {
      const decided = decideRegister(this.#state, { ...registration, actor, atMs });
      if (decided.isKnown) return { result: decided, fact: undefined };
      const bundle = this.#parts.signer.sign(decided.version);
      const signatureDigest = await this.#intake.store(bundle);
      const version = { ...decided.version, signatureDigest };
      return {
        result: { version, isKnown: false },
        fact: { kind: 'version-registered', version },
      };
    });
  }

  /** @throws {MeshError} what {@link decidePromote} and {@link LogStore.append} say */
  promote(command: PromoteCommand, actor: string): Promise<Moved> {
    return this.#decide(actor, (nowMs) => {
      const fact = decidePromote(this.#state, command, this.#deciding(nowMs));
      return { fact, result: this.#moved(fact.aliases) };
    });
  }

  /** Attaches what was found out about a version. @throws {MeshError} what {@link decideAttach} and {@link LogStore.append} say */
  attach(evidence: Evidence, actor: string): Promise<AttachedEvidence> {
    return this.#decide(actor, (atMs) => {
      const fact = decideAttach(this.#state, evidence, { nowMs: atMs });
      const sequence = this.#state.sequence + 1;
      return { fact, result: { evidence: fact.evidence, actor, atMs, sequence } };
    });
  }

  /** Gives how each kind of evidence stands for a version now. @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN */
  checklist(model: string, version: number): readonly Check[] {
    const nowMs = Math.max(this.#parts.clock.epoch(), this.#state.atMs);
    const subject = checklistSubject(this.#state, { model, version }, this.#deciding(nowMs));
    return checklistOf(evidenceKinds, subject);
  }

  /** @throws {MeshError} what {@link decideRollback} and {@link LogStore.append} say */
  rollback(command: RollbackCommand, actor: string): Promise<Moved> {
    return this.#decide<Moved>(actor, () => {
      const decided = decideRollback(this.#state, command);
      if (decided.isKnown) return { fact: undefined, result: decided };
      return { fact: decided.fact, result: this.#moved(decided.fact.aliases) };
    });
  }

  /** @throws {MeshError} what {@link decideTraffic} and {@link LogStore.append} say */
  setTraffic(command: TrafficCommand, actor: string): Promise<SetTraffic> {
    return this.#decide<SetTraffic>(actor, (nowMs) => {
      const { traffic, fact } = decideTraffic(this.#state, command, this.#deciding(nowMs));
      const { sequence } = this.#state;
      return { fact, result: { traffic, sequence: fact === undefined ? sequence : sequence + 1 } };
    });
  }

  /** Gives how the traffic of a model is steered, and its ramp. @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN */
  traffic(model: string): { readonly traffic: ModelTraffic; readonly ramp: RampPolicy } {
    this.#state.version(model, 1);
    return { traffic: this.#state.traffic(model), ramp: rampOf(model, this.#parts.ramps) };
  }

  /** @throws {MeshError} what {@link decideQuarantine} and {@link LogStore.append} say */
  quarantine(command: QuarantineCommand, actor: string): Promise<Moved> {
    return this.#decide<Moved>(actor, () => {
      const fact = decideQuarantine(this.#state, command);
      const known = { aliases: [], sequence: this.#state.sequence };
      return { fact, result: fact === undefined ? known : this.#moved(fact.aliases) };
    });
  }

  /** Notes that the artifact of a version is to be removed. @throws {MeshError} what {@link LogStore.append} says */
  noteRemoval(
    isRemovable: (state: RegistryState) => boolean,
    place: { readonly model: string; readonly version: number },
    actor: string,
  ): Promise<boolean> {
    return this.#decide<boolean>(actor, () =>
      isRemovable(this.#state)
        ? { fact: { kind: 'artifact-removed', ...place }, result: true }
        : { fact: undefined, result: false },
    );
  }

  /** Gives the bytes of a blob. @throws {MeshError} what {@link BlobStore.read} says */
  download(digest: string, fromByte = 0): AsyncIterable<Uint8Array> {
    return this.#parts.blobs.read(digest, fromByte);
  }

  /**
   * Gives the events from a sequence on, oldest first, up to what the state holds: the log may have one already that lists do not show yet, and who hears of it asks for a list next.
   * @throws {MeshError} what {@link LogStore.read} says
   */
  async *history(fromSequence: number): AsyncGenerator<RegistryEvent> {
    for await (const event of this.#parts.log.read(fromSequence)) {
      if (event.sequence > this.#state.sequence) return;
      yield event;
    }
  }

  /** Resolves when the state holds event `sequence`, or when `signal` aborts. */
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

  #moved(aliases: readonly AliasPosition[]): Moved {
    return { aliases, sequence: this.#state.sequence + 1 };
  }

  /** Decides in turn, appends the fact if there is one with what follows for the traffic, and gives the result; decides anew when the log has grown elsewhere. */
  #decide<T>(
    actor: string,
    decide: (atMs: number) => Decision<T> | Promise<Decision<T>>,
  ): Promise<T> {
    return this.#inTurn(async () => {
      for (let attempts = 1; ; attempts += 1) {
        // A refusal too has to know what another registry has done.
        await this.#catchUp();
        // The log's time never goes back, whatever the clock does.
        const atMs = Math.max(this.#parts.clock.epoch(), this.#state.atMs);
        const { fact, result } = await decide(atMs);
        if (fact === undefined) return result;
        const facts = [fact, ...trafficAfter(this.#state, fact, this.#deciding(atMs))];
        try {
          await this.#append(facts, { actor, atMs });
          return result;
        } catch (error) {
          const isOvertaken = error instanceof MeshError && error.reason === 'LOG_CONFLICT';
          if (!isOvertaken || attempts === attemptsMax) throw error;
        }
      }
    });
  }

  #deciding(nowMs: number): Deciding {
    const { policyDigests, ramps } = this.#parts;
    return { nowMs, ...(policyDigests && { policyDigests }), ...(ramps && { ramps }) };
  }

  async #append(
    facts: readonly RegistryFact[],
    by: Pick<RegistryEvent, 'actor' | 'atMs'>,
  ): Promise<void> {
    const { sequence } = this.#state;
    let { hash } = this.#state;
    const chained = facts.map((fact, index) => {
      const event = chain(hash, { ...by, fact, sequence: sequence + 1 + index });
      hash = event.hash;
      return event;
    });
    await this.#parts.log.append(sequence, chained);
    for (const event of chained) this.#apply(event);
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

function dirtyCode(commit: string): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'PROVENANCE_INCOMPLETE',
    message: `wanted code of a commit, got that of ${commit} with changes that no commit has; commit them and train again, or start the mesh with --environment development`,
    violations: [
      {
        field: 'header.provenance.is_code_dirty',
        description: 'wanted false outside of development',
      },
    ],
  });
}
