import type { LoggedPrediction } from '../../services/gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import {
  type ProfiledColumn,
  type ReferenceProfile,
  readProfile,
} from '../../services/monitor/core/statistics/read-profile.ts';
import { featureStatus } from '../../services/shared/compute/feature-status.ts';
import type { FeatureSetPlan } from '../../services/shared/compute/plan.ts';
import { viewColumnsOf } from '../../services/shared/compute/row.ts';
import type { Random } from '../../services/shared/kernel/clock.ts';
import { hashPoint } from '../../services/shared/kernel/hash-point.ts';

/** What predictions are made up from. */
export interface ProfiledModel {
  readonly model: string;
  readonly version: number;
  /** Bytes of the version's reference profile. */
  readonly profile: Uint8Array;
  readonly featureSet: FeatureSetPlan;
  readonly random: Random;
}

/** Share of the entities whose answers are audited, with a margin: made-up values are to have entities that are not. */
const auditedShare = 0.5;

/** Makes up predictions whose inputs are distributed as the reference profile of a version says, column by column, or are all at the upper end of one column. */
export class ProfiledPredictions {
  readonly #model: ProfiledModel;
  readonly #profile: ReferenceProfile;
  #made = 0;
  #entities = 0;

  constructor(model: ProfiledModel) {
    this.#model = model;
    this.#profile = readProfile(model.profile);
  }

  /** Makes so many, evenly over [fromMs, untilMs). @param shifted name of the column whose values are all in its last bin */
  make(
    count: number,
    [fromMs, untilMs]: readonly [number, number],
    shifted = '',
  ): readonly LoggedPrediction[] {
    const { model, version, featureSet } = this.#model;
    const views = viewColumnsOf(featureSet);
    const requests = featureSet.requestFeatures.length;
    return Array.from({ length: count }, (_, index) => {
      const drawn = views.map(({ column }) => this.#draw(column.name, shifted));
      this.#made += 1;
      const given = Array.from({ length: requests }, (_unused, place) => {
        const column = featureSet.columns.find(
          (one) => one.kind === 'request' && one.requestIndex === place,
        );
        return this.#draw(column?.name ?? '', shifted) ?? Number.NaN;
      });
      return {
        predictionId: `00000000000000ff-${this.#made.toString(16).padStart(12, '0')}`,
        ...{ model, version, assignedVersion: version },
        ...{ tier: 'TIER_MODEL', role: 'ROLE_PRODUCTION', latencyMs: 5 },
        score: this.#drawFrom(this.#profile.outputs[0], false) ?? 0.5,
        keys: this.#newEntity(),
        stamp: { atMs: fromMs, logOffset: 1, featureSetHash: featureSet.hash },
        values: bytesOf(drawn.map((value) => value ?? Number.NaN)),
        statuses: Buffer.from(
          drawn.map((value) =>
            value === undefined ? featureStatus.unavailable : featureStatus.present,
          ),
        ),
        requestValues: bytesOf(given),
        atMs: Math.floor(fromMs + (index * (untilMs - fromMs)) / count),
      };
    });
  }

  #draw(name: string, shifted: string): number | undefined {
    const column = this.#profile.inputs.find((one) => one.name === name);
    return this.#drawFrom(column, name === shifted);
  }

  /** Undefined for a value that is missing, as often as the profile has it. */
  #drawFrom(column: ProfiledColumn | undefined, isShifted: boolean): number | undefined {
    const { random } = this.#model;
    if (column === undefined || random.next() < column.missingShare) return undefined;
    const { categories, edges, counts } = column;
    if (categories !== undefined) {
      const values = categories.map(({ value }) => value);
      const place = isShifted
        ? values.length - 1
        : placeOf(
            categories.map(({ count }) => count),
            random,
          );
      return values[place];
    }
    const bin = isShifted ? counts.length - 1 : placeOf(counts, random);
    const [low = 0, high = low] = [edges[bin], edges[bin + 1]];
    return low + random.next() * (high - low);
  }

  /** An entity that no audit looks at: nobody has computed its values. */
  #newEntity(): string[] {
    for (;;) {
      this.#entities += 1;
      const keys = [`A${this.#entities}`, 'B'];
      if (hashPoint('parity', keys) > auditedShare) return keys;
    }
  }
}

/** Draws a place by its weight. */
function placeOf(weights: readonly number[], random: Random): number {
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [place, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return place;
  }
  return weights.length - 1;
}

function bytesOf(values: readonly number[]): Buffer {
  return Buffer.from(Float64Array.from(values).buffer);
}
