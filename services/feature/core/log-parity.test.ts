import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MemoryEventLog } from '../../../test/support/memory-event-log.ts';
import { MemoryStates } from '../../../test/support/memory-states.ts';
import { type ReferenceEvent, referenceViews } from '../../../test/support/reference-features.ts';
import { referenceAnswer } from '../../../test/support/reference-value.ts';
import { compileView } from '../../shared/compute/compiled-view.ts';
import { FeatureVector } from '../../shared/compute/feature-vector.ts';
import { readAll } from '../../shared/compute/read-plan.ts';
import { recomputeView } from '../../shared/compute/recompute.ts';
import { sweepView } from '../../shared/compute/sweep.ts';
import { Checkpoint } from './checkpoint.ts';
import { EntityGroups } from './entity-groups.ts';
import type { EventBatch } from './event-batch.ts';
import { decodeEventRecord } from './event-codec.ts';
import { EventIds } from './event-ids.ts';
import { EventTableBuilder, nullCode } from './event-table.ts';
import { Ingestor } from './ingestor.ts';
import { OnlineState } from './online-state.ts';
import { emptyEvents } from './training-set.ts';

// Money, groups and texts: what is whole, and what is kept by accumulators.
const [money, , order, kinds] = referenceViews;
assert.ok(money !== undefined && order !== undefined && kinds !== undefined);
const views = [money, order, kinds];

/** Events older than the newest one by more are dropped. */
const dropAfterMs = 30;

/** One event that somebody sends, who may send it again. */
interface SentEvent extends Omit<ReferenceEvent, 'seq'> {
  readonly user: string;
  readonly id: string;
}

type Step =
  | { readonly kind: 'send'; readonly events: readonly SentEvent[] }
  | { readonly kind: 'checkpoint'; readonly askedMs: number }
  | { readonly kind: 'crash' };

/** The feature service's core over a log and states that outlive it. */
class Process {
  readonly state: OnlineState;
  readonly checkpoint: Checkpoint;
  readonly ingestor: Ingestor;
  askedMs = Number.NEGATIVE_INFINITY;

  constructor(chosen: (typeof views)[number], log: MemoryEventLog, states: MemoryStates) {
    this.state = new OnlineState({ views: [chosen.view] }, states, {
      entitiesMax: 1,
      sliceRowsMax: 3,
      logOffset: states.checkpointSeq,
      yieldTurn: () => Promise.resolve(),
    });
    this.checkpoint = new Checkpoint(this.state, {
      store: states,
      transactionEntitiesMax: 1,
      slackMs: 0,
      newestAskedMs: () => this.askedMs,
    });
    this.ingestor = new Ingestor(
      {
        nowMs: () => 0,
        ids: new EventIds(log),
        newestTs: (source) => log.newestTs.get(source) ?? Number.NEGATIVE_INFINITY,
        append: (append) => log.append(append),
        hold: (records) => this.state.hold(records),
        apply: (record, logOffset) => this.state.apply(record, logOffset),
      },
      { waitingRowsMax: 1_000, transactionRowsMax: 4 },
      log.lastSeq,
    );
  }

  /** What a start does: the end of the log, from the checkpoint on, some of which the states may have. */
  async recover(log: MemoryEventLog, checkpointSeq: number): Promise<void> {
    for (const { bytes } of log.records) {
      const record = decodeEventRecord(bytes, { hasIds: false });
      const last = record.events.seq.at(-1) ?? 0;
      if (last > checkpointSeq) await this.state.apply(record, last);
    }
    this.state.advance(log.lastSeq);
  }
}

function batchOf(events: readonly SentEvent[]): EventBatch {
  const numbers = (read: (event: SentEvent) => number | undefined): Float64Array =>
    Float64Array.from(events, (event) => (read(event) ?? Number.NaN) + 0);
  const texts = (read: (event: SentEvent) => string | undefined) => ({
    dictionary: events.map((event) => read(event) ?? ''),
    codes: Uint32Array.from(events, (event, row) => (read(event) === undefined ? nullCode : row)),
  });
  return {
    ids: { kind: 'texts', texts: events.map(({ id }) => id) },
    events: {
      rows: events.length,
      ts: numbers(({ ts }) => ts),
      seq: new Float64Array(events.length),
      numbers: new Map([
        ['amount', numbers(({ cents }) => cents)],
        ['price', numbers(({ price }) => price)],
        ['count', numbers(({ count }) => count)],
        ['isGift', numbers(({ isGift }) => (isGift === undefined ? undefined : Number(isGift)))],
      ]),
      texts: new Map([
        ['user', texts(({ user }) => user)],
        ['kind', texts(({ kind }) => kind)],
      ]),
      ids: [],
    },
  };
}

/** What the log ought to hold, by the rules alone: known ids are left out, late events are there and don't count. */
class ExpectedLog {
  readonly events: (ReferenceEvent & { readonly user: string })[] = [];
  readonly #ids = new Set<string>();
  #seq = 0;
  #newestTs = Number.NEGATIVE_INFINITY;

  send(events: readonly SentEvent[]): void {
    for (const { id, ...event } of events) {
      if (this.#ids.has(id)) continue;
      this.#ids.add(id);
      this.#seq += 1;
      const isTooLate = event.ts < this.#newestTs - dropAfterMs;
      this.#newestTs = Math.max(this.#newestTs, event.ts);
      if (!isTooLate) this.events.push({ ...event, seq: this.#seq });
    }
  }
}

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 7, arbitrary }, { weight: 1, arbitrary: fc.constant(undefined) });

const users = ['ada', 'bob'] as const;
const eventArbitrary = fc.record({
  user: fc.constantFrom(...users),
  // Few ids, so that many come again; small whole numbers and texts are kept in two ways.
  id: fc.oneof(
    fc.nat(12).map(String),
    fc.nat(12).map((number) => `id-${number}`),
  ),
  ts: fc.integer({ min: 0, max: 60 }),
  cents: optional(fc.integer({ min: -500, max: 500 })),
  price: optional(fc.constantFrom(0, 0.1, 5e-324, 1e308, -1e308, 3.5)),
  count: optional(fc.integer({ min: -20, max: 20 })),
  kind: optional(fc.constantFrom('FOOD', 'TOYS', '')),
  isGift: optional(fc.boolean()),
});

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(eventArbitrary, { minLength: 1, maxLength: 6 })
      .map((events) => ({ kind: 'send', events }) as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 0, max: 60 })
      .map((askedMs) => ({ kind: 'checkpoint', askedMs }) as const),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'crash' } as const) },
);

async function run(
  chosen: (typeof views)[number],
  steps: readonly Step[],
): Promise<{ process: Process; log: MemoryEventLog; expected: ExpectedLog; letGoMs: number }> {
  const log = new MemoryEventLog();
  const states = new MemoryStates();
  const expected = new ExpectedLog();
  let process = new Process(chosen, log, states);
  let letGoMs = Number.NEGATIVE_INFINITY;
  for (const step of steps) {
    switch (step.kind) {
      case 'send':
        expected.send(step.events);
        await process.ingestor.submit(
          { name: 'purchases', keyColumns: ['user'], dropAfterMs },
          batchOf(step.events),
        );
        break;
      case 'checkpoint':
        process.askedMs = step.askedMs;
        await process.checkpoint.run();
        letGoMs = Math.max(letGoMs, step.askedMs);
        break;
      case 'crash':
        process = new Process(chosen, log, states);
        await process.recover(log, states.checkpointSeq);
        break;
    }
  }
  return { process, log, expected, letGoMs };
}

function readOnline({ state }: Process, user: string, t: number): FeatureVector {
  const [table] = state.tables.values();
  assert.ok(table !== undefined);
  const { features } = table.view;
  const vector = new FeatureVector(features.length);
  const found = table.find(user);
  assert.ok(found !== 'elsewhere');
  if (found !== undefined) found.read(t, readAll(table.view), vector, 0);
  else {
    features.forEach((feature, cell) => {
      vector.resolve(cell, feature, Number.NaN, Number.POSITIVE_INFINITY);
    });
  }
  return vector;
}

function assertAnswers(
  chosen: (typeof views)[number],
  found: FeatureVector,
  given: { readonly events: readonly ReferenceEvent[]; readonly t: number; readonly what: string },
): void {
  chosen.features.forEach((feature, index) => {
    const plan = chosen.view.features[index];
    assert.ok(plan !== undefined);
    const wanted = referenceAnswer(plan, feature, given);
    const value = found.values[index] ?? Number.NaN;
    const what = `${plan.name} at ${given.t}, ${given.what}: ${value} for ${wanted.value}`;
    assert.equal(found.statuses[index], wanted.status, `status of ${what}`);
    const tolerance = wanted.tolerance * Math.abs(wanted.value) + 2 ** -1_022;
    if (wanted.tolerance === 0) assert.ok(Object.is(value, wanted.value), what);
    else assert.ok(Math.abs(value - wanted.value) <= tolerance, what);
  });
}

describe('the log, and what is kept of it', () => {
  it('gives what the rules say online, offline and in the audit, through duplicates, late events, crashes and letting go', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(views.length - 1),
        fc.array(stepArbitrary, { maxLength: 10 }),
        fc.integer({ min: 0, max: 110 }),
        async (viewIndex, steps, asked) => {
          const chosen = views[viewIndex];
          assert.ok(chosen !== undefined);
          const { view } = chosen;
          const { process, log, expected, letGoMs } = await run(chosen, steps);
          // What was let go of can't be asked for; everything from the newest time that was asked for on can.
          const t = Math.max(asked, Number.isFinite(letGoMs) ? letGoMs : 0);
          const all = new EventTableBuilder({
            numbers: ['amount', 'price', 'count', 'isGift'],
            texts: ['user', 'kind'],
            hasIds: false,
          });
          for (const { bytes } of log.records) {
            all.append(decodeEventRecord(bytes, { hasIds: false }).events);
          }
          const groups = new EntityGroups(all.finish(), view);
          for (const user of users) {
            const events = expected.events.filter((event) => event.user === user);
            const index = groups.indexOf(user);
            const logged = index === undefined ? emptyEvents(view) : groups.at(index).events;
            const given = { events, t };
            const audited = recomputeView(view, logged, t, log.lastSeq);
            assertAnswers(chosen, audited, { ...given, what: 'audited' });
            const swept = sweepView(compileView(view), logged, Float64Array.of(t));
            assertAnswers(chosen, swept, { ...given, what: 'offline' });
            assertAnswers(chosen, readOnline(process, user, t), { ...given, what: 'online' });
          }
        },
      ),
      { numRuns: 2_000, seed: 31 },
    );
  });
});
