import { columnsOf } from '../../shared/compute/expression.ts';
import { type EventTable, EventTableBuilder, type TableShape } from '../core/event-table.ts';
import { HashThreshold } from '../core/hash-threshold.ts';
import type { EventPart } from '../core/shared-events.ts';
import { sampleHash } from '../core/training-sample.ts';
import { chosenExamples, type Examples, exampleCheck, exampleShape } from '../core/training-set.ts';
import { type EventReader, eventParts, schemaOf } from '../jobs/job-context.ts';
import { exampleRule, type SetPlan } from './set-plan.ts';

/** Examples that are worked on at once: those with t in [fromMs, untilMs) that the whole set takes. */
export interface ExampleBlock {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Least hashes that are taken: up to this. Infinity means all. */
  readonly hashMax: number;
  /** How many of the block are taken at most, 0 meaning all: only a set of one block leaves some to choose. */
  readonly rowsMax: number;
}

/** Blocks begin at whole hours: how many examples an hour has is counted first. */
const blockStepMs = 3_600_000;

/**
 * Cuts a set into blocks of about `rowsMax` examples in the order of time; a single hour is never cut. Where the choice is
 * small enough for one block, nothing is read.
 */
export async function planBlocks(
  reader: EventReader,
  plan: SetPlan,
  { blockRowsMax, signal }: { readonly blockRowsMax: number; readonly signal: AbortSignal },
): Promise<readonly ExampleBlock[]> {
  const { fromMs, untilMs, rowsMax } = plan;
  if (rowsMax > 0 && rowsMax <= blockRowsMax) {
    return [{ fromMs, untilMs, hashMax: Number.POSITIVE_INFINITY, rowsMax }];
  }
  const threshold = new HashThreshold(rowsMax);
  const hours = new Map<number, number>();
  const count = (hour: number): void => void hours.set(hour, (hours.get(hour) ?? 0) + 1);
  const take = (table: EventTable, row: number, hour: number): void => {
    if (rowsMax === 0) count(hour);
    else threshold.offer(sampleHash(table.ids[row] ?? '', plan.seed), hour);
  };
  const { label, at } = exampleRule(plan);
  const shape = {
    numbers: [...new Set([at, ...columnsOf(label)])],
    texts: [],
    hasIds: rowsMax > 0,
  };
  const check = exampleCheck(exampleRule(plan));
  for await (const part of examplesOf(reader, plan, { shape, interval: plan, signal })) {
    const { timeOf } = check(part.table);
    for (let row = 0; row < part.table.rows; row += 1) {
      const t = part.keeps?.(row) === false ? Number.NaN : timeOf(row);
      if (!Number.isNaN(t)) take(part.table, row, Math.floor(t / blockStepMs));
    }
  }
  if (rowsMax > 0) threshold.eachNote(count);
  const hashMax = rowsMax === 0 ? Number.POSITIVE_INFINITY : threshold.bound();
  return cut(hours, { fromMs, untilMs, blockRowsMax, hashMax });
}

function cut(
  hours: ReadonlyMap<number, number>,
  {
    fromMs,
    untilMs,
    blockRowsMax,
    hashMax,
  }: Pick<ExampleBlock, 'fromMs' | 'untilMs' | 'hashMax'> & { readonly blockRowsMax: number },
): readonly ExampleBlock[] {
  const blocks: ExampleBlock[] = [];
  let from = fromMs;
  let rows = 0;
  for (const [hour, count] of [...hours].sort(([left], [right]) => left - right)) {
    const begin = Math.max(from, hour * blockStepMs);
    if (rows > 0 && rows + count > blockRowsMax) {
      blocks.push({ fromMs: from, untilMs: begin, hashMax, rowsMax: 0 });
      from = begin;
      rows = 0;
    }
    rows += count;
  }
  blocks.push({ fromMs: from, untilMs, hashMax, rowsMax: 0 });
  return blocks;
}

/** Reads the examples of one block. */
export async function loadBlock(
  reader: EventReader,
  plan: SetPlan,
  { block, signal }: { readonly block: ExampleBlock; readonly signal: AbortSignal },
): Promise<Examples> {
  const rule = { ...exampleRule(plan), fromMs: block.fromMs, untilMs: block.untilMs };
  const shape = exampleShape(rule, plan.model.featureSet);
  const builder = new EventTableBuilder(shape);
  const check = exampleCheck(rule);
  const threshold = new HashThreshold(block.rowsMax);
  const needsHash = block.rowsMax > 0 || block.hashMax < Number.POSITIVE_INFINITY;
  const isHashTaken = (table: EventTable, row: number): boolean => {
    const hash = sampleHash(table.ids[row] ?? '', plan.seed);
    return hash <= block.hashMax && threshold.offer(hash, 0);
  };
  for await (const { table, keeps } of examplesOf(reader, plan, {
    shape,
    interval: block,
    signal,
  })) {
    const { timeOf } = check(table);
    builder.append(
      table,
      (row) =>
        keeps?.(row) !== false &&
        !Number.isNaN(timeOf(row)) &&
        (!needsHash || isHashTaken(table, row)),
    );
  }
  return chosenExamples(builder.finish(), { ...rule, rowsMax: block.rowsMax });
}

interface ExamplesWanted {
  readonly shape: TableShape;
  readonly interval: { readonly fromMs: number; readonly untilMs: number };
  readonly signal: AbortSignal;
}

/** Reads what may be an example of the interval, and more. */
function examplesOf(
  reader: EventReader,
  { model, logOffset }: SetPlan,
  { shape, interval, signal }: ExamplesWanted,
): AsyncGenerator<EventPart> {
  const { source } = schemaOf(reader.mesh, model.pipeline.examples);
  // Where examples stand at their event time, the order of the file limits what has to be read.
  const isEventTime = model.pipeline.at === source.eventTime;
  return eventParts(
    reader,
    {
      source: source.name,
      shape,
      fromTs: isEventTime ? interval.fromMs + source.visibleAfterMs : Number.NEGATIVE_INFINITY,
      untilTs: isEventTime ? interval.untilMs + source.visibleAfterMs : Number.POSITIVE_INFINITY,
      views: [],
      logOffset,
    },
    signal,
  );
}
