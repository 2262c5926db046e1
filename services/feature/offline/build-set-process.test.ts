import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { flightsSampleFolder, makeFlightsSample } from '../../../test/support/flights-sample.ts';
import { mesh } from '../../../test/support/flights-sample-mesh.ts';
import { entityKey } from '../../shared/compute/plan.ts';
import { recomputationOf } from '../../shared/compute/recompute.ts';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import type { MeshModel } from '../../shared/definition/mesh.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { EntityGroups } from '../core/entity-groups.ts';
import { encodeEventRecord } from '../core/event-codec.ts';
import { type EventTable, pickRows } from '../core/event-table.ts';
import { fullShape } from '../core/source-schema.ts';
import { exampleKeys } from '../core/training-set.ts';
import { loadEvents, schemaOf } from '../jobs/job-context.ts';
import { buildSet } from './build-set.ts';
import { loadBlock, planBlocks } from './example-blocks.ts';
import { type OfflineWarehouse, openWarehouse } from './open-warehouse.ts';
import type { ComputedMode, SetPlan } from './set-plan.ts';
import { sliceRunner } from './slice-runner.ts';
import { type ViewValuesParts, viewValues } from './view-values.ts';

const { signal } = new AbortController();
const hourMs = 3_600_000;
const roomy = 256 * 1_048_576;
const silent = { signal, onProgress: () => Promise.resolve() };
const model = mesh.models['late'] as MeshModel;

function planOf(changed: Partial<SetPlan> = {}): SetPlan {
  return {
    model,
    fromMs: Date.UTC(2001, 1, 10),
    untilMs: Date.UTC(2001, 2, 25),
    rowsMax: 0,
    seed: 3,
    logOffset: Number.MAX_SAFE_INTEGER,
    mode: 'as-served',
    answersBefore: 0,
    answerAgeMaxMs: 0,
    segments: [],
    ...changed,
  };
}

async function rootOf(parts: ViewValuesParts, plan: SetPlan): Promise<string> {
  const { manifest } = await buildSet(parts, plan, {
    ...silent,
    onRows: () => Promise.resolve(),
  });
  assert.ok(manifest.rows > 1_000);
  return manifest.dataHash;
}

describe('buildSet', () => {
  const folder = temporaryFolder();
  let warehouse: OfflineWarehouse;

  before(async () => {
    await makeFlightsSample();
    warehouse = await openWarehouse(
      {
        mesh,
        meshFolder: flightsSampleFolder,
        warehouseFolder: folder.path,
        threads: 1,
        memoryBytesMax: roomy,
        duckdbThreadsMax: 2,
        duckdbMemoryBytesMax: roomy,
      },
      signal,
    );
  });

  after(async () => {
    await warehouse[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  it('gives the same rows on one thread and on several', async () => {
    const one = await rootOf(warehouse, planOf());
    for (const threads of [2, 4]) {
      const slices = sliceRunner(threads, systemClock);
      assert.equal(await rootOf({ ...warehouse, slices }, planOf()), one);
      await slices.stop();
    }
  });

  it('gives the same rows where memory holds only some of the events and some of the examples', async () => {
    const setLimits = { memoryBytesMax: 1_048_576 };
    const stages = new Set<string>();
    const run = {
      signal,
      onProgress: (stage: string) => {
        stages.add(stage);
        return Promise.resolve();
      },
      onRows: () => Promise.resolve(),
    };
    const { manifest } = await buildSet({ ...warehouse, setLimits }, planOf(), run);
    assert.equal(manifest.dataHash, await rootOf(warehouse, planOf()));
    assert.ok(stages.has('reading events of flights (part 5 of 5)'), [...stages].join());
    const some = planOf({ rowsMax: 9_000 });
    assert.equal(await rootOf({ ...warehouse, setLimits }, some), await rootOf(warehouse, some));
  });

  it('gives the rows in order, in blocks too', async () => {
    const rows: TrainingRows[] = [];
    const onRows = (part: TrainingRows) => Promise.resolve(void rows.push(part));
    const setLimits = { memoryBytesMax: 1_048_576 };
    await buildSet({ ...warehouse, setLimits }, planOf(), { ...silent, onRows });
    const times = rows.flatMap(({ atMs }) => [...atMs]);
    assert.ok(rows.length > 2 && times.every((t, row) => row === 0 || (times[row - 1] ?? 0) <= t));
    const ids = rows.flatMap(({ eventIds }) => eventIds);
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe('the modes of a set', () => {
  const folder = temporaryFolder();
  const historyUntil = Date.UTC(2001, 2, 1);
  let parts: ViewValuesParts;
  let warehouse: OfflineWarehouse;
  /** All events in the order of the log, and from when each was known. */
  let events: EventTable;
  let knownMs: Float64Array;

  before(async () => {
    await makeFlightsSample();
    warehouse = await openWarehouse(
      {
        mesh,
        meshFolder: flightsSampleFolder,
        warehouseFolder: folder.path,
        threads: 2,
        memoryBytesMax: roomy,
        duckdbThreadsMax: 2,
        duckdbMemoryBytesMax: roomy,
      },
      signal,
    );
    const whole = { fromTs: Number.NEGATIVE_INFINITY, untilTs: Number.POSITIVE_INFINITY };
    const shape = fullShape(schemaOf(mesh, 'flights'));
    const wanted = { source: 'flights', shape, ...whole, views: [], logOffset: 1e15 };
    events = await loadEvents(warehouse, wanted, signal);
    knownMs = new Float64Array(events.rows).fill(Number.NEGATIVE_INFINITY);
    const history = events.ts.findIndex((ts) => ts >= historyUntil);
    const random = seededRandom(11);
    const records: Buffer[] = [];
    for (let row = history; row < events.rows; row += 1) {
      const latenessMs = row % 100 === 0 ? Math.floor(random.next() * 60 * hourMs) : 0;
      knownMs[row] = (events.ts[row] ?? 0) + latenessMs;
    }
    const arrivals = Uint32Array.from(
      { length: events.rows - history },
      (_, index) => history + index,
    ).sort((left, right) => (knownMs[left] ?? 0) - (knownMs[right] ?? 0) || left - right);
    arrivals.forEach((row, index) => {
      events.seq[row] = history + index + 1;
      const one = pickRows(events, Uint32Array.of(row));
      const { ids, ...table } = one;
      records.push(
        encodeEventRecord({
          source: 'flights',
          ingestedMs: knownMs[row] ?? 0,
          events: { ...table, ids: [] },
          ids: { kind: 'texts', texts: ids },
          marks: undefined,
        }),
      );
    });
    const segment = warehouse.store.segment('flights');
    assert.ok(segment);
    parts = {
      ...warehouse,
      store: {
        segment: () => ({ ...segment, rows: history }),
        recordsFrom: () => records,
      },
    };
  });

  after(async () => {
    await warehouse[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** By the letter: the audit over the events that count. */
  async function assertAsAudited(mode: ComputedMode, isKnown: (row: number, t: number) => boolean) {
    const plan = planOf({ rowsMax: 400, fromMs: Date.UTC(2001, 2, 2), mode });
    const [block] = await planBlocks(parts, plan, { blockRowsMax: 1_000, signal });
    assert.ok(block);
    const examples = await loadBlock(parts, plan, { block, signal });
    const spine = {
      atMs: examples.atMs,
      texts: exampleKeys(examples, model.featureSet.joinKeys),
    };
    const { views } = model.featureSet;
    const { logOffset } = plan;
    const values = await viewValues(parts, { views, spine, mode, logOffset }, silent);
    views.forEach((view, index) => {
      const groups = new EntityGroups(events, view);
      spine.atMs.forEach((t, row) => {
        const key = entityKey(
          view.by.map((name) => {
            const column = spine.texts.get(name);
            return column?.dictionary[column.codes[row] ?? 0] ?? '';
          }),
        );
        const { tableRows } = groups.at(groups.indexOf(key) ?? 0);
        const known = pickRows(
          events,
          tableRows.filter((event) => isKnown(event, t)),
        );
        const columns = new Map(
          view.columns.map((name) => [name, known.numbers.get(name) ?? new Float64Array(0)]),
        );
        const audited = recomputationOf(view, { ...known, columns })(t, logOffset);
        const width = view.features.length;
        const own = values[index]?.subarray(row * width, (row + 1) * width);
        assert.deepEqual(own && [...own], [...audited.values], `${view.id} ${key} at ${t}`);
      });
    });
  }

  it('as served knows at t what was in the log at t, bit for bit as the audit', async () => {
    await assertAsAudited('as-served', (row, t) => (knownMs[row] ?? 0) < t);
  });

  it('as corrected knows all events as if they had come in time', async () => {
    await assertAsAudited('as-corrected', () => true);
  });

  it('differ where events were late, and not before', async () => {
    const late = (mode: ComputedMode) => rootOf(parts, planOf({ mode }));
    assert.notEqual(await late('as-served'), await late('as-corrected'));
    const early = (mode: ComputedMode) => rootOf(parts, planOf({ mode, untilMs: historyUntil }));
    assert.equal(await early('as-served'), await early('as-corrected'));
  });
});
