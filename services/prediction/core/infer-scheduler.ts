import assert from 'node:assert/strict';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs, type MonotonicMs, monotonicMs } from '../../shared/kernel/units.ts';
import { BriefSet, type Seated } from '../../shared/policy/brief-set.ts';
import { joinInputs, splitOutputs } from './batch-tensors.ts';
import { inferenceError } from './infer-error.ts';
import type { InferJob, InferPriority, NativeCall, RunNative } from './infer-job.ts';
import { type CallInFlight, InferLane, type LaneLimits } from './infer-lane.ts';
import type { ServableSpec } from './servable-spec.ts';

/** Limits of the scheduler. */
export interface InferSchedulerLimits extends LaneLimits {
  /** Native calls that run at the same time over all models; from 2, because shadows never get the last. */
  readonly callsMax: number;
}

/** The slot of a native call under way. */
interface Slot extends Seated {
  readonly lane: InferLane;
  /** Whether it left the last slot to others. */
  readonly isYielding: boolean;
}

/** What may begin now, or when the next may. */
interface Pick {
  readonly lane: InferLane | undefined;
  readonly dueAt: MonotonicMs;
}

// A wait is a few milliseconds long and wakes a scheduler that has nothing to do: nobody needs to end it. One signal each: Node warns of one that many wait with.
const neverAborted = (): AbortSignal => new AbortController().signal;
/** Whose calls get the free slots, the first before the others. */
interface Turn {
  readonly priority: InferPriority;
  /** Undefined where both are meant. */
  readonly isGuest: boolean | undefined;
  /** Whether its calls leave the last slot to others. */
  readonly isYielding: boolean;
}

const turns: readonly Turn[] = [
  { priority: 'production', isGuest: false, isYielding: false },
  { priority: 'production', isGuest: true, isYielding: true },
  { priority: 'shadow', isGuest: undefined, isYielding: true },
];

const never = monotonicMs(Number.POSITIVE_INFINITY);

/**
 * Decides which rows run when. Rows that queue while a native call runs go together into the next; a timer is there only where
 * a delay for more company is set, and for deadlines. A free slot goes to the model whose production rows have waited longest;
 * versions that are hosted by request alone, and after them shadows, get it where no such row waits, and never the last one, so
 * that what is slow or hangs there holds nobody up.
 */
export class InferScheduler {
  readonly #clock: Clock;
  readonly #limits: InferSchedulerLimits;
  readonly #lanes = new Set<InferLane>();
  /** Lanes with something in their queue: of many models few are asked at a time. */
  readonly #waiting = new Set<InferLane>();
  readonly #slots = new BriefSet<Slot>();
  /** Slots of shadows and guests. */
  #yieldingCalls = 0;
  #isPumpDue = false;
  #wakeAt = never;
  /** When jobs are looked through for those that are too late. */
  #expiresAt = never;

  constructor(clock: Clock, limits: InferSchedulerLimits) {
    assert(limits.callsMax >= 2, 'one slot is kept from shadows, so there must be two');
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Adds a version, whose rows may come from now on. */
  open(spec: ServableSpec, run: RunNative, threads: number): InferLane {
    const lane = new InferLane({ spec, run, callsMax: threads, limits: this.#limits });
    this.#lanes.add(lane);
    return lane;
  }

  /** Forgets a version; its lane is idle or has failed. */
  remove(lane: InferLane): void {
    this.#lanes.delete(lane);
    this.#waiting.delete(lane);
    // A call that hangs on a failed lane holds no slot: its thread is lost, and the others go on.
    for (const slot of this.#slots) if (slot.lane === lane) this.#free(slot);
  }

  /** Queues a job. It is settled later, or at once where it is refused. */
  submit(lane: InferLane, job: InferJob): void {
    const now = this.#clock.monotonic();
    lane.offer(job, now, this.#slotInMs(lane, job.priority, now));
    if (lane.queue.rows > 0 && this.#lanes.has(lane)) {
      this.#waiting.add(lane);
      this.#expireAt(job.deadline, now);
    }
    // Deferred until all that has arrived is read, so that the jobs of one frame, and the unary requests of one moment, share a call.
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    setImmediate(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#waiting.size === 0) return;
    const now = this.#clock.monotonic();
    for (const turn of turns) {
      while (this.#hasSlot(turn)) {
        const { lane, dueAt } = this.#longestWaiting(turn);
        if (lane === undefined) break;
        if (dueAt > now) {
          this.#wake(dueAt, now);
          break;
        }
        this.#begin(lane, turn);
      }
    }
  }

  #hasSlot({ isYielding }: Turn): boolean {
    const { callsMax } = this.#limits;
    if (this.#slots.size >= callsMax) return false;
    return !isYielding || this.#yieldingCalls < callsMax - 1;
  }

  #longestWaiting({ priority, isGuest }: Turn): Pick {
    let found: InferLane | undefined;
    let since = never;
    for (const lane of this.#waiting) {
      if (!lane.isFree || (isGuest !== undefined && lane.isGuest !== isGuest)) continue;
      const dueAt = lane.dueAt(priority);
      if (dueAt === undefined || dueAt >= since) continue;
      found = lane;
      since = dueAt;
    }
    return { lane: found, dueAt: since };
  }

  /** When a slot is free for a call of a version, as a rule; 0 where one is. */
  #slotInMs(lane: InferLane, priority: InferPriority, now: MonotonicMs): number {
    const isYielding = lane.isGuest || priority === 'shadow';
    if (this.#hasSlot({ priority, isGuest: lane.isGuest, isYielding })) return 0;
    let least = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots) least = Math.min(least, slot.lane.backInMs(now));
    return Number.isFinite(least) ? least : 0;
  }

  /** Sees to it that a job is settled when its deadline has come, whatever holds the slots. */
  #expireAt(deadline: MonotonicMs, now: MonotonicMs): void {
    if (this.#expiresAt <= deadline || deadline === never) return;
    this.#expiresAt = deadline;
    void this.#clock.sleep(durationMs(Math.max(0, deadline - now)), neverAborted()).then(() => {
      if (this.#expiresAt === deadline) this.#expire();
    });
  }

  #expire(): void {
    const now = this.#clock.monotonic();
    this.#expiresAt = never;
    for (const lane of this.#waiting) {
      lane.expire(now);
      if (lane.queue.rows === 0) this.#waiting.delete(lane);
      const next = lane.queue.nextDeadline();
      if (next !== undefined) this.#expireAt(next, now);
    }
  }

  #wake(dueAt: MonotonicMs, now: MonotonicMs): void {
    if (this.#wakeAt <= dueAt) return;
    this.#wakeAt = dueAt;
    void this.#clock.sleep(durationMs(dueAt - now), neverAborted()).then(() => {
      if (this.#wakeAt === dueAt) this.#wakeAt = never;
      this.#pump();
    });
  }

  #begin(lane: InferLane, { priority, isYielding }: Turn): void {
    const begunAt = this.#clock.monotonic();
    const { jobs, rows } = lane.take(priority, begunAt);
    if (lane.queue.rows === 0) this.#waiting.delete(lane);
    if (jobs.length === 0) {
      lane.noteIdle();
      return;
    }
    const call: CallInFlight = { jobs, rows, begunAt, seat: -1 };
    const slot: Slot = { lane, isYielding, seat: -1 };
    this.#slots.add(slot);
    if (isYielding) this.#yieldingCalls += 1;
    lane.begin(call);
    lane.run(joinInputs(jobs, rows), rows).then(
      (result) => this.#end(slot, call, result),
      (thrown: unknown) => this.#fail(slot, call, thrown),
    );
  }

  #end(slot: Slot, call: CallInFlight, result: NativeCall): void {
    const { lane } = slot;
    this.#free(slot);
    lane.learn(call, this.#clock.monotonic());
    // A lane that was failed meanwhile has settled the jobs already.
    if (lane.calls.delete(call)) settle(lane, call, result);
    this.#pump();
    lane.noteIdle();
  }

  #fail(slot: Slot, call: CallInFlight, thrown: unknown): void {
    const { lane } = slot;
    this.#free(slot);
    if (lane.calls.delete(call)) failAll(lane, call, thrown);
    this.#pump();
    lane.noteIdle();
  }

  #free(slot: Slot): void {
    if (this.#slots.delete(slot) && slot.isYielding) this.#yieldingCalls -= 1;
  }
}

function settle(lane: InferLane, call: CallInFlight, result: NativeCall): void {
  const answers = partsOf(lane, call, result);
  if (answers instanceof MeshError) failAll(lane, call, answers);
  else lane.answer(call, result, answers);
}

function partsOf(
  lane: InferLane,
  { jobs }: CallInFlight,
  { outputs }: NativeCall,
): readonly (readonly Tensor[])[] | MeshError {
  try {
    return splitOutputs(
      lane.id,
      outputs,
      jobs.map(({ rows }) => rows),
    );
  } catch (thrown) {
    return inferenceError(lane.id, thrown);
  }
}

function failAll(lane: InferLane, call: CallInFlight, thrown: unknown): void {
  const error = inferenceError(lane.id, thrown);
  for (const job of call.jobs) lane.failJob(job, error);
}
