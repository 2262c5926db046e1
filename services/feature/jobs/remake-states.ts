import { compileView } from '../../shared/compute/compiled-view.ts';
import { entityKey, entityKeySeparator, type ViewPlan } from '../../shared/compute/plan.ts';
import { EntityGroups } from '../core/entity-groups.ts';
import type { EntityChange } from '../core/entity-store.ts';
import { type ErasureWork, settledErasure } from '../core/erasure.ts';
import { decodeEventRecord } from '../core/event-codec.ts';
import { columnOf, type EventTable, EventTableBuilder } from '../core/event-table.ts';
import { withColumns } from '../core/record-columns.ts';
import { type SourceSchema, viewShape } from '../core/source-schema.ts';
import { stateOf } from './backfill.ts';
import { type JobContext, type JobRun, schemaOf } from './job-context.ts';
import type { JobResults, TouchedStates } from './job-protocol.ts';
import { recordOffsets } from './record-offsets.ts';

/** States that one transaction writes. */
const transactionStatesMax = 64;

/**
 * Makes the states of all erasures anew that were left to do: when the process was killed in the middle of one. Nobody may
 * append to the log meanwhile.
 */
export async function finishErasures(
  context: JobContext,
  run: JobRun,
): Promise<JobResults['finish-erasures']> {
  const touched: TouchedStates[] = [];
  for (const work of context.store.erasures()) {
    if (work.states.length > 0) touched.push(...(await remakeStates(context, work, run)));
  }
  return { touched };
}

/**
 * Makes the states anew that held erased events, out of the events that their entities still have: those of the log by the
 * index, those of history by a scan. A state of no events is removed.
 */
export async function remakeStates(
  context: JobContext,
  work: ErasureWork,
  run: JobRun,
): Promise<readonly TouchedStates[]> {
  const touched: TouchedStates[] = [];
  for (const { viewId, keys } of work.states) {
    const view = context.mesh.views.find(({ id }) => id === viewId);
    // A view that the mesh has no more has no states that anybody reads, and is made anew when it comes back.
    if (view === undefined) continue;
    const stage = `online state of ${view.source} by ${view.by.join(', ')}`;
    await run.send({ kind: 'progress', stage, done: 0, total: keys.length });
    touched.push(await remakeView(context, { view, keys, seq: work.erasure.seq }, run.signal));
  }
  await context.store.writeErasure(settledErasure({ ...work, states: [] }));
  return touched;
}

interface ViewWork {
  readonly view: ViewPlan;
  readonly keys: readonly string[];
  /** Log offset that the states are at afterwards. */
  readonly seq: number;
}

async function remakeView(
  context: JobContext,
  { view, keys, seq }: ViewWork,
  signal: AbortSignal,
): Promise<TouchedStates> {
  const groups = new EntityGroups(await eventsOfKeys(context, view, keys, signal), view);
  const online = await context.openOnline();
  const compiled = compileView(view);
  const removed: string[] = [];
  const remade: string[] = [];
  let changes: EntityChange[] = [];
  for (const key of keys) {
    signal.throwIfAborted();
    const index = groups.indexOf(key);
    if (index === undefined) {
      await online.removeEntity(view.id, key);
      removed.push(key);
      continue;
    }
    // Nothing is pruned here: the next checkpoint of a changed state does.
    const state = stateOf(compiled, groups.at(index).events, Number.NEGATIVE_INFINITY);
    const remainder = online.isRemote ? state.remainder() : undefined;
    const chunks = state.allChunks();
    changes.push({ viewId: view.id, key, chunks, appliedSeq: seq, baseSeq: undefined, remainder });
    remade.push(key);
    if (changes.length < transactionStatesMax) continue;
    await online.write(changes);
    changes = [];
  }
  if (changes.length > 0) await online.write(changes);
  return { viewId: view.id, removed, remade };
}

async function eventsOfKeys(
  context: JobContext,
  view: ViewPlan,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<EventTable> {
  const schema = schemaOf(context.mesh, view.source);
  const shape = viewShape({ ...schema, views: [view] });
  const builder = new EventTableBuilder(shape);
  const wanted = new Set(keys);
  const [column = ''] = view.by;
  const texts = [...new Set(keys.map((key) => key.split(entityKeySeparator)[0] ?? ''))];
  const append = (events: EventTable): void => {
    const columns = view.by.map((name) => columnOf(events.texts, name));
    const keyAt = (row: number): string =>
      entityKey(columns.map(({ dictionary, codes }) => dictionary[codes[row] ?? 0] ?? ''));
    builder.append(events, (row) => wanted.has(keyAt(row)));
  };
  for await (const part of historyOf(context, { schema, view, column, texts }, signal)) {
    append(part);
  }
  const places = texts.map((text) => ({
    source: view.source,
    columns: [column],
    texts: [text],
  }));
  for (const offset of recordOffsets(context.store, places)) {
    const bytes = context.store.recordAt(offset);
    if (bytes === undefined) continue;
    const { events } = decodeEventRecord(bytes, { hasIds: false });
    append(withColumns(view.source, events, shape));
  }
  return builder.finish();
}

interface HistoryWanted {
  readonly schema: SourceSchema;
  readonly view: ViewPlan;
  readonly column: string;
  readonly texts: readonly string[];
}

async function* historyOf(
  context: JobContext,
  { schema, view, column, texts }: HistoryWanted,
  signal: AbortSignal,
): AsyncGenerator<EventTable> {
  const segment = context.store.segment(view.source);
  const manifest = context.manifestOf(view.source);
  if (segment === undefined || manifest === undefined) return;
  const request = {
    manifest,
    schema,
    shape: viewShape({ ...schema, views: [view] }),
    fromTs: Number.NEGATIVE_INFINITY,
    untilTs: Number.POSITIVE_INFINITY,
    positionMax: segment.rows,
    seqBefore: segment.seqBefore,
    wanted: new Map([[column, texts]]),
  };
  yield* context.warehouse.scan(request, signal);
}
