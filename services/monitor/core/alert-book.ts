import { type AlertChange, type AlertRecord, type AlertState, alertKey } from './alert-record.ts';
import type { AlertRule } from './alert-rule.ts';
import type { FiringAlert } from './alert-source.ts';
import { isSilenced, type Silence } from './silence.ts';

/** What a book is made with. */
export interface AlertBookOptions {
  /** Gives how long alerts of a rule wait, and how long they stay. */
  readonly ruleOf: (rule: string) => Pick<AlertRule, 'pendingMs' | 'clearMs'>;
  /** Alerts that are not over, at most; further ones are left out and counted. */
  readonly activeMax: number;
  /** Alerts that are over and still known, at most. */
  readonly resolvedMax: number;
  /** Alerts that are over are known for so long; the newest for ever, since it says what number the next one gets. */
  readonly resolvedKeepMs: number;
}

/** What was kept of a book. */
export interface KeptAlerts {
  readonly alerts: readonly AlertRecord[];
  readonly silences: readonly Silence[];
}

/** Which alerts there are, since when, and which of them are silenced. Every decision is made of what it is given and the time it is told. */
export class AlertBook {
  readonly #options: AlertBookOptions;
  readonly #active = new Map<string, AlertRecord>();
  /** In the order in which they were over. */
  readonly #resolved = new Map<number, AlertRecord>();
  readonly #silences = new Map<number, Silence>();
  #alertsMade = 0;
  #silencesMade = 0;
  #leftOut = 0;
  #forgotten: number[] = [];

  constructor(options: AlertBookOptions) {
    this.#options = options;
  }

  /** Alerts that were left out since there were too many. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /**
   * Takes what was kept, before anything else. Alerts that fired then count as found until `untilMs`: sources need a while after a start to know
   * again what they knew.
   */
  restore({ alerts, silences }: KeptAlerts, untilMs: number): void {
    for (const silence of silences) this.#silences.set(silence.number, silence);
    for (const alert of alerts) {
      if (alert.state === 'RESOLVED') this.#resolved.set(alert.number, alert);
      else this.#active.set(alertKey(alert), { ...alert, seenMs: Math.max(alert.seenMs, untilMs) });
    }
    this.#alertsMade = Math.max(0, ...alerts.map(({ number }) => number));
    this.#silencesMade = Math.max(0, ...silences.map(({ number }) => number));
  }

  /** Takes what is found now; gives what changed thereby, or since a silence began or ended. */
  update(found: readonly FiringAlert[], nowMs: number): readonly AlertChange[] {
    const changes: AlertChange[] = [];
    const keys = new Set<string>();
    for (const alert of found) {
      const key = alertKey(alert);
      if (keys.has(key)) continue;
      keys.add(key);
      const known = this.#active.get(key);
      if (known === undefined && this.#active.size >= this.#options.activeMax) {
        this.#leftOut += 1;
        continue;
      }
      this.#take(key, known, this.#found(known, alert, nowMs), changes);
    }
    for (const [key, alert] of this.#active) {
      if (!keys.has(key)) this.#missed(key, alert, nowMs, changes);
    }
    this.#forgetBefore(nowMs - this.#options.resolvedKeepMs);
    return changes;
  }

  /** Adds a silence and gives it; alerts follow with the next {@link update}. */
  silence(silence: Omit<Silence, 'number' | 'endedBy'>): Silence {
    this.#silencesMade += 1;
    const made = { ...silence, number: this.#silencesMade, endedBy: '' };
    this.#silences.set(made.number, made);
    return made;
  }

  /** Ends a silence and gives it; undefined where there is none of that number. */
  endSilence(number: number, endedBy: string, nowMs: number): Silence | undefined {
    const silence = this.#silences.get(number);
    if (silence === undefined || silence.untilMs <= nowMs) return silence;
    const ended = { ...silence, untilMs: Math.max(silence.fromMs, nowMs), endedBy };
    this.#silences.set(number, ended);
    return ended;
  }

  /** Lets go of a silence. */
  forgetSilence(number: number): void {
    this.#silences.delete(number);
  }

  /** Gives all silences, newest first. */
  silences(): readonly Silence[] {
    return [...this.#silences.values()].sort((left, right) => right.number - left.number);
  }

  /** Gives a silence; undefined where it is unknown. */
  silenceOf(number: number): Silence | undefined {
    return this.#silences.get(number);
  }

  /** Gives the alerts that are not over, newest first. */
  active(): readonly AlertRecord[] {
    return [...this.#active.values()].sort(newestFirst);
  }

  /** Gives the alerts that are over, newest first. */
  resolved(): readonly AlertRecord[] {
    return [...this.#resolved.values()].sort(newestFirst);
  }

  /** Gives an alert; undefined where it is unknown. O(active alerts). */
  alert(number: number): AlertRecord | undefined {
    const resolved = this.#resolved.get(number);
    if (resolved !== undefined) return resolved;
    for (const alert of this.#active.values()) if (alert.number === number) return alert;
    return undefined;
  }

  /** Whether alerts were let go of since {@link takeForgotten} was asked. */
  get hasForgotten(): boolean {
    return this.#forgotten.length > 0;
  }

  /** Gives the numbers of the alerts that were let go of since the last time this was asked. */
  takeForgotten(): readonly number[] {
    const forgotten = this.#forgotten;
    this.#forgotten = [];
    return forgotten;
  }

  #found(known: AlertRecord | undefined, alert: FiringAlert, nowMs: number): AlertRecord {
    const since = known ?? this.#begin(alert, nowMs);
    const seen = { ...since, ...alert, seenMs: Math.max(since.seenMs, nowMs) };
    const isDue = nowMs - since.sinceMs >= this.#options.ruleOf(alert.rule).pendingMs;
    if (seen.state !== 'PENDING') return this.#delivered(seen, nowMs);
    const decidedFrom = alert.evidence;
    if (!isDue) return { ...seen, decidedFrom };
    return this.#delivered({ ...seen, state: 'FIRING', firedMs: nowMs, decidedFrom }, nowMs);
  }

  #begin(alert: FiringAlert, nowMs: number): AlertRecord {
    this.#alertsMade += 1;
    return {
      ...alert,
      number: this.#alertsMade,
      state: 'PENDING',
      sinceMs: nowMs,
      firedMs: 0,
      seenMs: nowMs,
      untilMs: 0,
      decidedFrom: alert.evidence,
      silence: 0,
      isTold: false,
    };
  }

  #delivered(alert: AlertRecord, nowMs: number): AlertRecord {
    for (const silence of this.#silences.values()) {
      if (!isSilenced(silence, alert, nowMs)) continue;
      return { ...alert, state: 'SILENCED', silence: silence.number };
    }
    return { ...alert, state: 'FIRING', silence: 0, isTold: true };
  }

  #missed(key: string, alert: AlertRecord, nowMs: number, changes: AlertChange[]): void {
    const isOver = nowMs - alert.seenMs >= this.#options.ruleOf(alert.rule).clearMs;
    if (!isOver) {
      if (alert.state !== 'PENDING') {
        this.#take(key, alert, this.#delivered(alert, nowMs), changes);
      }
      return;
    }
    this.#active.delete(key);
    const resolved: AlertRecord = { ...alert, state: 'RESOLVED', untilMs: nowMs };
    changes.push({ alert: resolved, before: alert.state });
    if (alert.state === 'PENDING') return; // it never fired
    this.#resolved.set(alert.number, resolved);
    for (const oldest of this.#resolved.keys()) {
      if (this.#resolved.size <= this.#options.resolvedMax) break;
      this.#resolved.delete(oldest);
      this.#forgotten.push(oldest);
    }
  }

  #forgetBefore(beforeMs: number): void {
    for (const [number, { untilMs }] of this.#resolved) {
      if (untilMs >= beforeMs || number === this.#alertsMade) continue;
      this.#resolved.delete(number);
      this.#forgotten.push(number);
    }
  }

  #take(
    key: string,
    known: AlertRecord | undefined,
    alert: AlertRecord,
    changes: AlertChange[],
  ): void {
    this.#active.set(key, alert);
    const before: AlertState | undefined = known?.state;
    const isChanged = before !== alert.state || known?.silence !== alert.silence;
    if (isChanged) changes.push({ alert, before });
  }
}

function newestFirst(left: AlertRecord, right: AlertRecord): number {
  return right.sinceMs - left.sinceMs || right.number - left.number;
}
