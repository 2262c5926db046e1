import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { LiftPoint, LiftView } from '../core/outcome-views.ts';
import type { MeshClients } from './mesh-clients.ts';
import { readLift } from './read-outcomes.ts';
import { Remembered } from './remembered.ts';
import { SamplingLoop } from './sampling-loop.ts';

/** What a sampler is made of. */
export interface LiftSamplerParts {
  readonly monitor: Pick<MeshClients['monitor'], 'getLift'>;
  readonly models: readonly string[];
  readonly clock: Clock;
}

/** Outcomes come late, and the monitor itself looks no more often where they come in a stream. */
const everyMs = durationMs(30_000);
/** What was asked for less than so long ago is shown again. */
const keptMs = 10_000;
/** 12 hours; after that every second point goes, so that the whole of a version stays in sight. */
const pointsMax = 1_440;

/** What has been seen of one version of a model. */
interface Seen {
  readonly version: number;
  readonly points: readonly LiftPoint[];
}

/** Asks the monitor now and then for the lift of each model, whether or not anybody looks, so that the console can show how its bounds have narrowed. */
export class LiftSampler implements Component {
  readonly name = 'lift-sampler';
  readonly #parts: LiftSamplerParts;
  readonly #answers: Remembered<Omit<LiftView, 'points'>>;
  readonly #seen = new Map<string, Seen>();
  readonly #loop: SamplingLoop;

  constructor(parts: LiftSamplerParts) {
    this.#parts = parts;
    this.#answers = new Remembered(parts.clock, keptMs);
    const { clock, models } = parts;
    const sample = (model: string) => this.liftOf(model);
    this.#loop = new SamplingLoop({ name: this.name, clock, everyMs, models, sample });
  }

  start(): Promise<void> {
    return this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /**
   * Gives the lift of the version in production, with what has been seen of it before.
   * @throws {MeshError} what the monitor says, or UNAVAILABLE / PEER_UNAVAILABLE
   */
  async liftOf(model: string): Promise<LiftView> {
    const lift = await this.#answers.get(model, () => readLift(this.#parts, model));
    return { ...lift, points: this.#add(model, lift) };
  }

  /** Gives the same where it is there soon, else as it was when it was asked for last; undefined before that. */
  async liftSoon(model: string): Promise<LiftView | undefined> {
    const lift = await this.#answers.soon(model, () => readLift(this.#parts, model));
    return lift === undefined ? undefined : { ...lift, points: this.#add(model, lift) };
  }

  #add(model: string, found: Omit<LiftView, 'points'>): readonly LiftPoint[] {
    const { version, lift, lower, upper, asOfMs } = found;
    const seen = this.#seen.get(model);
    const before = seen?.version === version ? seen.points : [];
    const last = before.at(-1);
    const isNew = last?.lift !== lift || last.lower !== lower || last.upper !== upper;
    if (lower === undefined || upper === undefined || !isNew) return before;
    const points = [...before, { atMs: asOfMs, lift, lower, upper }];
    const kept = points.length <= pointsMax ? points : points.filter((_, index) => index % 2 === 0);
    this.#seen.set(model, { version, points: kept });
    return kept;
  }
}
