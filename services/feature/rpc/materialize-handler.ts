import type { MaterializedView } from '../../gen/mlmesh/feature/v1/MaterializedView.ts';
import { computeVersion } from '../../shared/compute/plan.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { invalidField, requireInteger } from '../../shared/platform/grpc/validate.ts';
import type { JobResults } from '../jobs/job-protocol.ts';
import { monthsOf } from '../offline/materialize-plan.ts';
import type { FeatureService } from '../serving/feature-service.ts';

const everyMs = { min: 60_000, max: 366 * 86_400_000 };

/** A century of months: each is a folder, and is looked at in turn. */
const monthsMax = 1_200;

/** The years 1000 to 9999: a month is named by four digits and two. */
const timeMs = { min: -30_610_224_000_000, max: 253_402_300_800_000 };

type MaterializeHandler = Handlers<'mlmesh.feature.v1.FeatureService'>['materializeView'];

/** Gives the handler that writes views to the warehouse. */
export function materializeHandler(service: FeatureService): MaterializeHandler {
  return async function* materializeView(request, call) {
    const { view } = request;
    const parts = service.materialize({ view, ...requireGrid(request) }, call.signal);
    for (;;) {
      const step = await parts.next();
      if (step.done === true) {
        yield { summary: wireView(step.value) };
        return;
      }
      if (step.value.kind !== 'progress') continue;
      const { stage, done, total } = step.value;
      yield { progress: { stage, done, total } };
    }
  };
}

interface Grid {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly everyMs: number;
}

function requireGrid(request: Grid): Grid {
  const grid = {
    fromMs: requireInteger(request.fromMs, 'from_ms', timeMs),
    untilMs: requireInteger(request.untilMs, 'until_ms', timeMs),
    everyMs: requireInteger(request.everyMs, 'every_ms', everyMs),
  };
  const { fromMs, untilMs } = grid;
  if (fromMs >= untilMs) {
    throw invalidField('until_ms', `a time after from_ms (${fromMs})`, `${untilMs}`);
  }
  // The longest month has 31 days: nothing that is so long is cut into months first.
  const isShort = untilMs - fromMs <= monthsMax * 31 * 86_400_000;
  if (isShort && monthsOf(grid).length <= monthsMax) return grid;
  throw invalidField('until_ms', `at most ${monthsMax} months after from_ms`, `${untilMs}`);
}

function wireView(made: JobResults['materialize']): MaterializedView {
  return {
    ...made,
    computeVersion,
    features: [...made.features],
    definitionHashes: [...made.definitionHashes],
    months: made.months.map((month) => ({ ...month })),
  };
}
