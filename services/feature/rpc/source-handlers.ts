import type { BuildTrainingSetRequest__Output } from '../../gen/mlmesh/feature/v1/BuildTrainingSetRequest.ts';
import type { BuildTrainingSetResponse } from '../../gen/mlmesh/feature/v1/BuildTrainingSetResponse.ts';
import type { EventColumn } from '../../gen/mlmesh/feature/v1/EventColumn.ts';
import type { ReadSourceResponse } from '../../gen/mlmesh/feature/v1/ReadSourceResponse.ts';
import type { TrainingManifest } from '../../gen/mlmesh/feature/v1/TrainingManifest.ts';
import type { TrainingSetMode__Output } from '../../gen/mlmesh/feature/v1/TrainingSetMode.ts';
import type { ColumnPlan } from '../../shared/compute/plan.ts';
import { columnBytes } from '../../shared/platform/grpc/column-bytes.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { invalidField, requireEnum, requireFinite } from '../../shared/platform/grpc/validate.ts';
import type { EventTable } from '../core/event-table.ts';
import { columnOf, nullCode } from '../core/event-table.ts';
import type { SourceSchema } from '../core/source-schema.ts';
import { dictionaryOf } from '../core/text-columns.ts';
import type { JobProgress, JobResults, JobTrainingRows } from '../jobs/job-protocol.ts';
import type { SetMode } from '../offline/set-plan.ts';
import type { AnswerLog } from '../serving/answer-log.ts';
import type { FeatureService } from '../serving/feature-service.ts';

type SourceHandlers = Pick<
  Handlers<'mlmesh.feature.v1.FeatureService'>,
  'importSource' | 'readSource' | 'buildTrainingSet'
>;

/** Gives the handlers of the calls that go through a source as a whole. */
export function sourceHandlers(service: FeatureService, answers: AnswerLog): SourceHandlers {
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
      const { model, rowsMax, seed, featureSetHash } = request;
      const mode = modeOf(request.mode);
      const answerAgeMaxMs = answerAgeOf(request);
      // What was answered before this call is part of it.
      if (mode === 'as-logged') await answers.flush();
      const answersBefore = answersBeforeOf(request, mode, answers.next);
      const parts = service.buildTrainingSet(
        {
          model,
          featureSetHash,
          fromMs,
          untilMs,
          rowsMax,
          seed,
          mode,
          answersBefore,
          answerAgeMaxMs,
          hasFiles: request.writeFiles,
          ...streamedOnly(request),
        },
        call.signal,
      );
      for (;;) {
        const step = await parts.next();
        if (step.done === true) {
          yield { manifest: wireManifest(step.value) };
          return;
        }
        yield step.value.kind === 'progress'
          ? { progress: progressOf(step.value) }
          : { rows: trainingRows(step.value, request.segmentColumns) };
      }
    },
  };
}

function wireManifest(made: JobResults['training-set']): TrainingManifest {
  return {
    ...made,
    definitionHashes: [...made.definitionHashes],
    leafHashes: [...made.leafHashes],
    sources: [...made.sources],
    mode: wireModes[made.mode],
  };
}

const wireModes = {
  'as-served': 'TRAINING_SET_MODE_AS_SERVED',
  'as-corrected': 'TRAINING_SET_MODE_AS_CORRECTED',
  'as-logged': 'TRAINING_SET_MODE_AS_LOGGED',
} as const satisfies Record<SetMode, string>;

function modeOf(mode: TrainingSetMode__Output): SetMode {
  switch (mode) {
    case 'TRAINING_SET_MODE_AS_CORRECTED':
      return 'as-corrected';
    case 'TRAINING_SET_MODE_AS_LOGGED':
      return 'as-logged';
    case 'TRAINING_SET_MODE_AS_SERVED':
    case 'TRAINING_SET_MODE_UNSPECIFIED':
      return 'as-served';
  }
}

/** Longest age of an answer. */
const answerAgeLimitMs = 366 * 86_400_000;

function answerAgeOf({ mode, answerAgeMaxMs }: BuildTrainingSetRequest__Output): number {
  const age = requireFinite(answerAgeMaxMs, 'answer_age_max_ms');
  const limit = mode === 'TRAINING_SET_MODE_AS_LOGGED' ? answerAgeLimitMs : 0;
  if (age >= 0 && age <= limit) return age;
  const wanted = limit > 0 ? `0 to ${limit}` : '0, as the mode is not as logged';
  throw invalidField('answer_age_max_ms', wanted, `${age}`);
}

/** Reads up to which answer a set of answers goes; `next` is the number of the next one. */
function answersBeforeOf(
  { answersBefore, writeFiles }: BuildTrainingSetRequest__Output,
  mode: SetMode,
  next: number,
): number {
  const asked = requireFinite(answersBefore, 'answers_before');
  if (asked === 0) return mode === 'as-logged' ? next : 0;
  const isKnown = Number.isSafeInteger(asked) && asked > 0 && asked <= next;
  if (isKnown && mode === 'as-logged' && !writeFiles) return asked;
  const wanted =
    mode === 'as-logged' && !writeFiles
      ? `the number of an answer up to ${next}`
      : '0, as only a set that is streamed and as logged goes up to an answer';
  throw invalidField('answers_before', wanted, `${asked}`);
}

/** A segment column costs a text a row. */
const segmentColumnsMax = 8;

/** Reads what only a set that is streamed can have: files hold the rows alone, and an unfinished one goes on at its own offset. */
function streamedOnly({ logOffset, segmentColumns, writeFiles }: BuildTrainingSetRequest__Output): {
  readonly logOffset: number;
  readonly segmentColumns: readonly string[];
} {
  const offset = requireFinite(logOffset, 'log_offset');
  if (writeFiles && offset !== 0) {
    throw invalidField('log_offset', '0, as write_files is set', `${offset}`);
  }
  const columnsMax = writeFiles ? 0 : segmentColumnsMax;
  if (segmentColumns.length > columnsMax) {
    const why = writeFiles ? ', as write_files is set' : '';
    throw invalidField(
      'segment_columns',
      `at most ${columnsMax}${why}`,
      `${segmentColumns.length}`,
    );
  }
  return { logOffset: offset, segmentColumns };
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

function trainingRows(
  part: JobTrainingRows,
  names: readonly string[],
): NonNullable<BuildTrainingSetResponse['rows']> {
  return {
    segments: names.map((name, index) => {
      const { dictionary, codes } = dictionaryOf(part.segments[index] ?? []);
      return { name, dictionary: [...dictionary], codes: columnBytes(codes) };
    }),
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
    columns: schema.source.columns.map((column) => sourceColumn(column, part)),
  };
}

/** Gives a column as Ingest takes it: decimals as they are written, and which values are null. */
function sourceColumn({ name, type, scale = 0 }: ColumnPlan, part: EventTable): EventColumn {
  if (type === 'text') {
    const { dictionary, codes } = columnOf(part.texts, name);
    return {
      name,
      texts: Array.from(codes, (code) => dictionary[code] ?? ''),
      nulls: nullBytes(part.rows, (row) => codes[row] === nullCode),
    };
  }
  const stored = columnOf(part.numbers, name);
  const isNull = (row: number): boolean => Number.isNaN(stored[row]);
  const unit = 10 ** scale;
  const numbers = stored.map((value) => (Number.isNaN(value) ? 0 : value / unit));
  return { name, numbers: columnBytes(numbers), nulls: nullBytes(part.rows, isNull) };
}

/** Gives one byte a row, 1 where a value is null; empty where none is. */
function nullBytes(rows: number, isNull: (row: number) => boolean): Buffer {
  const bytes = Buffer.alloc(rows);
  let hasNull = false;
  for (let row = 0; row < rows; row += 1) {
    if (!isNull(row)) continue;
    bytes[row] = 1;
    hasNull = true;
  }
  return hasNull ? bytes : Buffer.alloc(0);
}
