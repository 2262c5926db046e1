import { LedgerSlots } from './ledger-slots.ts';

/** Who answered. */
export type Tier = 'MODEL' | 'FALLBACK' | 'RULES';

/** What the ledger must know of an answer that went to a caller. */
export interface LedgerPrediction {
  readonly predictionId: string;
  readonly model: string;
  readonly tier: Tier;
  /** 0 for the rules. */
  readonly version: number;
  readonly score: number;
  readonly atMs: number;
  /** When the monitor took it, epoch ms. */
  readonly receivedAtMs: number;
  readonly shadowVersions: readonly number[];
  /** Why the version that was to answer did not; '' where it did. */
  readonly failure: string;
}

/** What the ledger must know of a shadow's answer. */
export interface LedgerShadow {
  readonly predictionId: string;
  readonly version: number;
  /** Undefined when the shadow failed or was dropped. */
  readonly score: number | undefined;
  /** Why it did; '' where it answered. */
  readonly failure: string;
}

/** What came of a prediction. */
export interface LedgerOutcome {
  readonly predictionId: string;
  readonly label: number;
  /** What it was worth; absent where the policy says it. */
  readonly value?: number | undefined;
}

/** What is kept of an answer to join it. */
export interface HeldPrediction
  extends Pick<LedgerPrediction, 'model' | 'score' | 'receivedAtMs' | 'shadowVersions'> {
  /** Undefined: a lower one than the model, which are not told apart. */
  readonly tier: Tier | undefined;
}

/** What is kept of a shadow's answer. */
export type HeldShadow = Omit<LedgerShadow, 'predictionId'>;

const none: readonly HeldShadow[] = [];
const noVersions: readonly number[] = [];
/** Reasons that are told apart: the contract has some forty. */
const failuresMax = 256;
/** What a slot holds. */
const [isHeld, isOfModel, hasLabel, hasShadow, hasShadowScore] = [1, 2, 4, 8, 16];

/**
 * Holds the last predictions for joining, in columns: objects that live for minutes would be most of what the collector of a busy monitor has to move. The oldest
 * leaves when there are too many.
 */
export class LedgerEntries {
  readonly #entriesMax: number;
  readonly #slots: LedgerSlots;
  #flags = new Uint8Array(0);
  #models = new Uint16Array(0);
  #scores = new Float64Array(0);
  #receivedMs = new Float64Array(0);
  #labels = new Float64Array(0);
  /** NaN where the policy says it. */
  #values = new Float64Array(0);
  /** By slot; those of most are the same list. */
  readonly #versions: (readonly number[])[] = [];
  #lastVersions = noVersions;
  /** The first shadow to answer. */
  #shadowVersions = new Uint32Array(0);
  #shadowScores = new Float64Array(0);
  #shadowFailures = new Uint8Array(0);
  /** Those that answered after it, by slot. */
  readonly #moreShadows = new Map<number, HeldShadow[]>();
  readonly #names: string[] = [];
  readonly #failures: string[] = [''];

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
    this.#slots = new LedgerSlots(entriesMax);
  }

  /** Whether a prediction is held. */
  holds(predictionId: string): boolean {
    const slot = this.#slots.find(predictionId);
    return slot !== undefined && this.#has(slot, isHeld);
  }

  /** Gives where what belongs to an id is kept: until another slot is asked for. */
  slotOf(predictionId: string): number {
    const known = this.#slots.find(predictionId);
    if (known !== undefined) return known;
    const slot = this.#slots.take(predictionId, (left) => this.#clear(left));
    if (slot >= this.#flags.length) this.#grow(slot + 1);
    return slot;
  }

  /** Keeps an answer; tells whether it is new. */
  keep(
    slot: number,
    { model, tier, score, receivedAtMs, ...prediction }: LedgerPrediction,
  ): boolean {
    if (this.#has(slot, isHeld)) return false;
    this.#set(slot, tier === 'MODEL' ? isHeld | isOfModel : isHeld);
    this.#models[slot] = this.#indexOf(model);
    this.#scores[slot] = score;
    this.#receivedMs[slot] = receivedAtMs;
    this.#versions[slot] = this.#shared(prediction.shadowVersions);
    return true;
  }

  /** Gives the answer of a slot; undefined while it has not come. */
  predictionOf(slot: number): HeldPrediction | undefined {
    if (!this.#has(slot, isHeld)) return undefined;
    return {
      model: this.#names[this.#models[slot] ?? 0] ?? '',
      tier: this.#has(slot, isOfModel) ? 'MODEL' : undefined,
      score: this.#scores[slot] ?? Number.NaN,
      receivedAtMs: this.#receivedMs[slot] ?? 0,
      shadowVersions: this.#versions[slot] ?? noVersions,
    };
  }

  /** Keeps a shadow's answer; tells whether it is new. */
  addShadow(slot: number, shadow: HeldShadow): boolean {
    const { version, score, failure } = shadow;
    if (!this.#has(slot, hasShadow)) {
      this.#set(slot, score === undefined ? hasShadow : hasShadow | hasShadowScore);
      this.#shadowVersions[slot] = version;
      this.#shadowScores[slot] = score ?? Number.NaN;
      this.#shadowFailures[slot] = this.#failureOf(failure);
      return true;
    }
    const more = this.#moreShadows.get(slot) ?? [];
    const isKnown =
      this.#shadowVersions[slot] === version || more.some((other) => other.version === version);
    if (isKnown) return false;
    if (more.length === 0) this.#moreShadows.set(slot, more);
    more.push({ version, score, failure });
    return true;
  }

  /** Gives the answers of shadows. */
  shadowsOf(slot: number): readonly HeldShadow[] {
    if (!this.#has(slot, hasShadow)) return none;
    const score = this.#has(slot, hasShadowScore) ? this.#shadowScores[slot] : undefined;
    const version = this.#shadowVersions[slot] ?? 0;
    const failure = this.#failures[this.#shadowFailures[slot] ?? 0] ?? '';
    return [{ version, score, failure }, ...(this.#moreShadows.get(slot) ?? none)];
  }

  /** Keeps an outcome; tells whether it is the first. */
  keepOutcome(slot: number, { label, value }: LedgerOutcome): boolean {
    if (this.#has(slot, hasLabel)) return false;
    this.#set(slot, hasLabel);
    this.#labels[slot] = label;
    this.#values[slot] = value ?? Number.NaN;
    return true;
  }

  /** Gives the outcome; undefined while it is not known. */
  outcomeOf(
    slot: number,
  ): { readonly label: number; readonly value: number | undefined } | undefined {
    if (!this.#has(slot, hasLabel)) return undefined;
    const value = this.#values[slot] ?? Number.NaN;
    return {
      label: this.#labels[slot] ?? Number.NaN,
      value: Number.isNaN(value) ? undefined : value,
    };
  }

  #has(slot: number, flag: number): boolean {
    return ((this.#flags[slot] ?? 0) & flag) !== 0;
  }

  #set(slot: number, flags: number): void {
    this.#flags[slot] = (this.#flags[slot] ?? 0) | flags;
  }

  #clear(slot: number): void {
    this.#flags[slot] = 0;
    this.#versions[slot] = noVersions;
    if (this.#moreShadows.size > 0) this.#moreShadows.delete(slot);
  }

  /** Gives the list that was kept last where it is the same: lists of their own would live as long as their slots. */
  #shared(versions: readonly number[]): readonly number[] {
    const last = this.#lastVersions;
    const isSame =
      versions.length === last.length && versions.every((version, at) => version === last[at]);
    if (!isSame) this.#lastVersions = versions;
    return this.#lastVersions;
  }

  /** A few names, each once. */
  #indexOf(model: string): number {
    const known = this.#names.indexOf(model);
    if (known >= 0) return known;
    this.#names.push(model);
    return this.#names.length - 1;
  }

  /** A few reasons, each once; whatever a router makes up beyond them is none. */
  #failureOf(failure: string): number {
    const known = this.#failures.indexOf(failure);
    if (known >= 0) return known;
    return this.#failures.length < failuresMax ? this.#failures.push(failure) - 1 : 0;
  }

  #grow(least: number): void {
    const length = Math.min(this.#entriesMax, Math.max(1_024, least, 2 * this.#flags.length));
    this.#flags = grown(this.#flags, new Uint8Array(length));
    this.#models = grown(this.#models, new Uint16Array(length));
    this.#scores = grown(this.#scores, new Float64Array(length));
    this.#receivedMs = grown(this.#receivedMs, new Float64Array(length));
    this.#labels = grown(this.#labels, new Float64Array(length));
    this.#values = grown(this.#values, new Float64Array(length));
    this.#shadowVersions = grown(this.#shadowVersions, new Uint32Array(length));
    this.#shadowScores = grown(this.#shadowScores, new Float64Array(length));
    this.#shadowFailures = grown(this.#shadowFailures, new Uint8Array(length));
  }
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
