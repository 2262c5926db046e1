import type { Clock } from '../../shared/kernel/clock.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { AlertBook } from '../core/alert-book.ts';
import { alertRuleOf } from '../core/alert-catalogue.ts';
import { type AlertChange, type AlertRecord, alertNumber } from '../core/alert-record.ts';
import type { AlertSource, FiringAlert } from '../core/alert-source.ts';
import { type Silence, type SilenceScope, silenceNumber } from '../core/silence.ts';
import type { AlertStore } from '../ports.ts';
import { AlertWatchers, type WatchedAlerts } from './alert-watchers.ts';

/** What the center stands on. */
export interface AlertCenterParts {
  /** Each says which of its alerts fire. */
  readonly sources: readonly AlertSource[];
  readonly store: AlertStore;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'error'>;
  /** Alerts that are over are known for so long. */
  readonly keepMs: number;
}

/** A silence that is asked for. */
export interface WantedSilence extends SilenceScope {
  readonly durationMs: number;
  readonly actor: string;
  readonly reason: string;
}

// 10,000: some 100 models with 100 columns each that drift at once; 40 MB of records.
const activeMax = 10_000;
const resolvedMax = 1_000;
/** Silences that are kept, those that are over included. */
const silencesMax = 1_000;
/** After a start, what fired before counts as found for so long: by then every source knows again what it knew. */
const restoredMs = 60_000;

/** Asks the sources, keeps the alerts and silences, and tells whoever wants to know. */
export class AlertCenter {
  readonly #parts: AlertCenterParts;
  readonly #book: AlertBook;
  readonly #watchers = new AlertWatchers();
  /** What a source found last: one that fails now is taken to find the same still. */
  readonly #found = new Map<AlertSource, readonly FiringAlert[]>();
  #saved: Promise<void> = Promise.resolve();

  constructor(parts: AlertCenterParts) {
    this.#parts = parts;
    const resolvedKeepMs = parts.keepMs;
    this.#book = new AlertBook({ ruleOf: alertRuleOf, activeMax, resolvedMax, resolvedKeepMs });
  }

  /** Takes what was kept; before anything else. */
  restore(): void {
    this.#book.restore(this.#parts.store.load(), this.#parts.clock.epoch() + restoredMs);
    for (const source of this.#parts.sources) source.resume?.(this.#book.active());
  }

  /** Asks the sources now. */
  evaluate(): void {
    const nowMs = this.#parts.clock.epoch();
    const found = this.#parts.sources.flatMap((source) => this.#ask(source, nowMs));
    this.#take(this.#book.update(found, nowMs));
  }

  /** Has `listener` told of every change from now on, in order. */
  onChange(listener: (changes: readonly AlertChange[]) => void): void {
    this.#watchers.listen(listener);
  }

  /** Gives all alerts that are not over, then those that changed, until `signal` aborts. @throws {MeshError} RESOURCE_EXHAUSTED / QUEUE_FULL */
  watch(signal: AbortSignal): AsyncGenerator<WatchedAlerts> {
    return this.#watchers.watch(() => this.#book.active(), signal);
  }

  /** Gives the alerts that are not over, newest first. */
  active(): readonly AlertRecord[] {
    return this.#book.active();
  }

  /** Gives the alerts that are over, newest first. */
  resolved(): readonly AlertRecord[] {
    return this.#book.resolved();
  }

  /** Alerts that were left out since there were too many. */
  get leftOut(): number {
    return this.#book.leftOut;
  }

  /** Gives an alert by its id. @throws {MeshError} NOT_FOUND / ALERT_UNKNOWN */
  alert(id: string): AlertRecord {
    const number = alertNumber(id);
    const alert = number === undefined ? undefined : this.#book.alert(number);
    if (alert === undefined) throw alertUnknown(id);
    return alert;
  }

  /** Gives all silences, newest first. */
  silences(): readonly Silence[] {
    return this.#book.silences();
  }

  /** Gives the silence that covers an alert, if one does. */
  silenceOf({ silence }: AlertRecord): Silence | undefined {
    return silence === 0 ? undefined : this.#book.silenceOf(silence);
  }

  /** Silences; durable when it resolves, and the alerts know of it. @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL */
  async silence({ durationMs, ...wanted }: WantedSilence): Promise<Silence> {
    const fromMs = this.#parts.clock.epoch();
    const silence = this.#book.silence({ ...wanted, fromMs, untilMs: fromMs + durationMs });
    const forgotten = this.#forgetOldSilences();
    await this.#save([], [silence], forgotten);
    this.evaluate();
    return silence;
  }

  /** Ends a silence; durable when it resolves. @throws {MeshError} NOT_FOUND / SILENCE_UNKNOWN */
  async endSilence(id: string, actor: string): Promise<Silence> {
    const number = silenceNumber(id);
    const nowMs = this.#parts.clock.epoch();
    const ended = number === undefined ? undefined : this.#book.endSilence(number, actor, nowMs);
    if (ended === undefined) throw silenceUnknown(id);
    await this.#save([], [ended], []);
    this.evaluate();
    return ended;
  }

  /** Resolves when what changed so far is on disk, or was refused by it. */
  settled(): Promise<void> {
    return this.#saved;
  }

  #ask(source: AlertSource, nowMs: number): readonly FiringAlert[] {
    try {
      const found = source.firing(nowMs);
      this.#found.set(source, found);
      return found;
    } catch (error) {
      this.#parts.log.error('alert-source-failed', {}, error);
      return this.#found.get(source) ?? [];
    }
  }

  #take(changes: readonly AlertChange[]): void {
    if (changes.length === 0 && !this.#book.hasForgotten) return;
    if (changes.length > 0) this.#watchers.tell(changes);
    const kept = changes.map(({ alert }) => alert).filter(({ firedMs }) => firedMs > 0);
    // An alert that can't be written still goes out.
    void this.#save(kept, [], []).catch((error: unknown) =>
      this.#parts.log.error('alert-not-kept', { alerts: kept.length }, error),
    );
  }

  /** Writes one change after the other. */
  #save(
    alerts: readonly AlertRecord[],
    silences: readonly Silence[],
    forgottenSilences: readonly number[],
  ): Promise<void> {
    const forgottenAlerts = this.#book.takeForgotten();
    const change = { alerts, silences, forgottenAlerts, forgottenSilences };
    const saving = this.#saved.then(() => this.#parts.store.save(change));
    this.#saved = saving.catch(() => undefined); // who asked for it is told
    return saving;
  }

  #forgetOldSilences(): readonly number[] {
    const nowMs = this.#parts.clock.epoch();
    const ended = this.#book.silences().filter(({ untilMs }) => untilMs <= nowMs);
    const forgotten = ended
      .slice(Math.max(0, silencesMax - (this.#book.silences().length - ended.length)))
      .map(({ number }) => number);
    for (const number of forgotten) this.#book.forgetSilence(number);
    return forgotten;
  }
}

function alertUnknown(id: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'ALERT_UNKNOWN',
    message: `wanted an alert that is known, such as \`mlmesh alerts --all\` lists, got '${id.slice(0, 64)}'`,
  });
}

function silenceUnknown(id: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'SILENCE_UNKNOWN',
    message: `wanted a silence that is known, such as \`mlmesh alerts silences --all\` lists, got '${id.slice(0, 64)}'`,
  });
}
