import type { BuildTrainingSetResponse } from '../../gen/mlmesh/feature/v1/BuildTrainingSetResponse.ts';
import type { ReadSourceResponse } from '../../gen/mlmesh/feature/v1/ReadSourceResponse.ts';
import type { TrainingSetMode__Output } from '../../gen/mlmesh/feature/v1/TrainingSetMode.ts';
import { columnBytes } from '../../shared/platform/grpc/column-bytes.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { invalidField, requireEnum, requireFinite } from '../../shared/platform/grpc/validate.ts';
import type { EventTable } from '../core/event-table.ts';
import { columnOf, nullCode } from '../core/event-table.ts';
import type { SourceSchema } from '../core/source-schema.ts';
import type { JobProgress, JobTrainingRows } from '../jobs/job-protocol.ts';
import type { SetMode } from '../offline/set-plan.ts';
import type { FeatureService } from '../serving/feature-service.ts';

type SourceHandlers = Pick<
  Handlers<'mlmesh.feature.v1.FeatureService'>,
  'importSource' | 'readSource' | 'buildTrainingSet'
>;

/** Gives the handlers of the calls that go through a source as a whole. */
export function sourceHandlers(service: FeatureService): SourceHandlers {
  return {
    async *importSource(request, call) {
      const untilMs = requireFinite(request.untilMs, 'until_ms');
      const parts = service.importSource(request.source, untilMs, call.signal);
      for (;;) {
        const step = await parts.next();
        if (step.done === true) {
          const { rows, logOffset } = step.value;
          const progress = { stage: 'done', done: rows, total: rows };
          yield { progress, rows, logOffset };
          return;
        }
        if (step.value.kind === 'progress') yield { progress: progressOf(step.value) };
      }
    },
    async *readSource(request, call) {
      const schema = service.schemaOf(request.source);
      const interval = requireInterval(request);
      const order = requireEnum(request.order, 'order', [
        'SOURCE_ORDER_VISIBLE_TIME',
        'SOURCE_ORDER_EVENT_TIME',
      ] as const);
      // Events become visible a fixed time after they happened: both orders are the order of the file.
      const shiftMs = order === 'SOURCE_ORDER_EVENT_TIME' ? schema.source.visibleAfterMs : 0;
      const bounds = { fromTs: interval.fromMs + shiftMs, untilTs: interval.untilMs + shiftMs };
      for await (const part of service.readSource(schema, bounds, call.signal)) {
        yield sourceRows(schema, part);
      }
    },
    async *buildTrainingSet(request, call) {
      const { fromMs, untilMs } = requireInterval(request);
      const { model, rowsMax, seed } = request;
      const mode = modeOf(request.mode);
      const parts = service.buildTrainingSet(
        { model, fromMs, untilMs, rowsMax, seed, mode },
        call.signal,
      );
      for (;;) {
        const step = await parts.next();
        if (step.done === true) {
          const { definitionHashes, ...manifest } = step.value;
          yield {
            manifest: {
              ...manifest,
              definitionHashes: [...definitionHashes],
              fromMs,
              untilMs,
              seed,
              mode: wireModes[mode],
            },
          };
          return;
        }
        yield step.value.kind === 'progress'
          ? { progress: progressOf(step.value) }
          : { rows: trainingRows(step.value) };
      }
    },
  };
}

const wireModes = {
  'as-served': 'TRAINING_SET_MODE_AS_SERVED',
  'as-corrected': 'TRAINING_SET_MODE_AS_CORRECTED',
} as const satisfies Record<SetMode, string>;

function modeOf(mode: TrainingSetMode__Output): SetMode {
  return mode === 'TRAINING_SET_MODE_AS_CORRECTED' ? 'as-corrected' : 'as-served';
}

function requireInterval(request: { readonly fromMs: number; readonly untilMs: number }): {
  readonly fromMs: number;
  readonly untilMs: number;
} {
  const fromMs = requireFinite(request.fromMs, 'from_ms');
  const untilMs = requireFinite(request.untilMs, 'until_ms');
  if (fromMs < untilMs) return { fromMs, untilMs };
  throw invalidField('until_ms', `a time after from_ms (${fromMs})`, `${untilMs}`);
}

function progressOf({ stage, done, total }: JobProgress): {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
} {
  return { stage, done, total };
}

function trainingRows(part: JobTrainingRows): NonNullable<BuildTrainingSetResponse['rows']> {
  return {
    rows: part.rows,
    features: columnBytes(part.features),
    labels: columnBytes(part.labels),
    atMs: columnBytes(part.atMs),
    eventIds: [...part.eventIds],
  };
}

function sourceRows(schema: SourceSchema, part: EventTable): ReadSourceResponse {
  return {
    rows: part.rows,
    eventIds: [...part.ids],
    columns: schema.source.columns.map(({ name, type }) => {
      if (type !== 'text') {
        const values = columnOf(part.numbers, name);
        return { name, numbers: columnBytes(values), nulls: nullsOf(values, Number.isNaN) };
      }
      const { dictionary, codes } = columnOf(part.texts, name);
      return {
        name,
        texts: Array.from(codes, (code) => dictionary[code] ?? ''),
        nulls: nullsOf(codes, (code) => code === nullCode),
      };
    }),
  };
}

/** Gives one byte a row, 1 where there is no value; nothing where all are there. */
function nullsOf(values: Float64Array | Uint32Array, isNull: (value: number) => boolean): Buffer {
  const nulls = Buffer.alloc(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row += 1) {
    if (!isNull(values[row] ?? 0)) continue;
    nulls[row] = 1;
    count += 1;
  }
  return count === 0 ? Buffer.alloc(0) : nulls;
}
