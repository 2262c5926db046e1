import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { doubles, type Flight } from '../../../test/support/feature-tester.ts';
import { makeFlightsSample } from '../../../test/support/flights-sample.ts';
import { mesh } from '../../../test/support/flights-sample-mesh.ts';
import { RunningFeature } from '../../../test/support/running-feature.ts';
import type { BuildTrainingSetRequest } from '../../gen/mlmesh/feature/v1/BuildTrainingSetRequest.ts';
import type { TrainingManifest__Output } from '../../gen/mlmesh/feature/v1/TrainingManifest.ts';
import { viewColumnsOf } from '../../shared/compute/row.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

const dayMs = 86_400_000;
const fromMs = Date.UTC(2001, 1, 1);
const untilMs = fromMs + 28 * dayMs;
/** So little that the set is made of several blocks. */
const tight = { trainingMemoryMiB: 4 };
const [featureSet] = mesh.featureSets;
assert.ok(featureSet !== undefined);
const viewNames = viewColumnsOf(featureSet).map(({ column }) => column.name);

interface Built {
  readonly stages: readonly string[];
  readonly manifest: TrainingManifest__Output | undefined;
}

async function build(
  { tester }: RunningFeature,
  changed: BuildTrainingSetRequest = {},
  untilStage = '',
): Promise<Built> {
  const mode = 'TRAINING_SET_MODE_AS_LOGGED';
  const request = { model: 'late', fromMs, untilMs, seed: 5, mode, ...changed } as const;
  const stages: string[] = [];
  for await (const { progress, manifest } of tester.client.buildTrainingSet(request, {})) {
    if (progress) stages.push(progress.stage);
    if (progress?.stage === untilStage) break;
    if (manifest) return { stages, manifest };
  }
  return { stages, manifest: undefined };
}

async function manifestOf(
  service: RunningFeature,
  changed: BuildTrainingSetRequest = {},
): Promise<TrainingManifest__Output> {
  const { manifest } = await build(service, changed);
  assert.ok(manifest !== undefined);
  return manifest;
}

function questionBy({ origin, destination, date }: Flight): string {
  return `${origin} ${destination} ${date}`;
}

/** View columns of the rows of a written set, as hexadecimal bytes of their float64, by event id. */
async function writtenValues(folder: string): Promise<ReadonlyMap<string, string>> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const columns = ['_event_id', ...viewNames].map((name) => `"${name}"`).join(', ');
  const read = await connection.runAndReadAll(`SELECT ${columns} FROM '${folder}/*.parquet'`);
  const rows = read.getRows();
  connection.closeSync();
  return new Map(
    rows.map(([id, ...values]) => [
      String(id),
      Buffer.from(Float64Array.from(values, Number).buffer).toString('hex'),
    ]),
  );
}

describe('a training set of mode as-logged', () => {
  const folder = temporaryFolder();
  /** What the service said last of each question, by its keys and time. */
  const served = new Map<string, string>();
  /** All examples: the question that each would ask, by event id. */
  const questionOf = new Map<string, string>();
  let rareAirport = '';
  let first: TrainingManifest__Output;

  /** Asks for the features of flights at their own times, and keeps what was said. */
  async function ask(service: RunningFeature, flights: readonly Flight[]) {
    if (flights.length === 0) return;
    const questions = flights.map(({ date, ...rest }) => ({ ...rest, t: date }));
    const { values } = await service.tester.online(questions);
    const width = viewNames.length;
    const all = doubles(values);
    flights.forEach((flight, row) => {
      const own = all.slice(row * width, (row + 1) * width);
      served.set(questionBy(flight), Buffer.from(own.buffer).toString('hex'));
    });
  }

  before(async () => {
    await makeFlightsSample();
    await using service = await RunningFeature.start(folder.path);
    await service.tester.import(fromMs);
    const flights = await service.tester.flights(fromMs, untilMs + dayMs);
    const late = flights.filter((_, row) => row % 20 === 7);
    const isLate = new Set(late.map(({ id }) => id));
    for (let day = fromMs; day < untilMs; day += dayMs) {
      const own = flights.filter(({ date }) => date >= day && date < day + dayMs);
      const asked = own.filter((_, row) => row % 10 !== 3);
      await service.tester.ingest(own.filter(({ id }) => !isLate.has(id)));
      await ask(service, asked);
      // The same question again, after another event: the answer that was given last counts.
      const again = asked.filter((_, row) => row % 30 === 11);
      const more = again.map((flight) => ({
        ...flight,
        id: `more-${flight.id}`,
        date: flight.date - 7 * 3_600_000,
        delay: 700,
      }));
      await service.tester.ingest(more);
      for (const each of [...own, ...more]) {
        if (each.date >= fromMs) questionOf.set(each.id, questionBy(each));
      }
      await ask(service, again);
    }
    await service.tester.ingest(late);
    first = await manifestOf(service);
    const counts = new Map<string, number>();
    for (const { origin } of flights) counts.set(origin, (counts.get(origin) ?? 0) + 1);
    [[rareAirport = ''] = []] = [...counts].sort(([, left], [, right]) => left - right);
  });

  after(() => folder[Symbol.dispose]());

  it('holds what was served, bit for bit, and leaves out and counts what nobody asked for', async () => {
    await using service = await RunningFeature.start(folder.path);
    const made = await manifestOf(service, { writeFiles: true });
    const values = await writtenValues(made.folder);
    const wanted = [...questionOf].flatMap(([id, question]) => {
      const own = served.get(question);
      return own === undefined ? [] : [[id, own] as const];
    });
    assert.ok(wanted.length > 8_192);
    assert.deepEqual(values, new Map(wanted));
    assert.equal(made.rows, wanted.length);
    assert.equal(made.withoutAnswer, questionOf.size - wanted.length);
    assert.ok(made.withoutAnswer > wanted.length / 20);
    assert.equal(made.dataHash, first.dataHash);
    assert.equal(made.mode, 'TRAINING_SET_MODE_AS_LOGGED');
    assert.ok(made.answersBefore > served.size);
  });

  it('differs from what is computed, where late events came after the answers', async () => {
    await using service = await RunningFeature.start(folder.path);
    const computed = async (mode: 'AS_SERVED' | 'AS_CORRECTED') => {
      const made = await manifestOf(service, {
        mode: `TRAINING_SET_MODE_${mode}`,
        writeFiles: true,
      });
      assert.deepEqual([made.withoutAnswer, made.answersBefore], [0, 0]);
      const values = await writtenValues(made.folder);
      const asked = [...questionOf].filter(([, question]) => served.has(question));
      const other = asked.filter(([id, question]) => values.get(id) !== served.get(question));
      return other.length / asked.length;
    };
    const [asServed, asCorrected] = [await computed('AS_SERVED'), await computed('AS_CORRECTED')];
    // What was late for all is late as served too; what was asked again had seen an event that was late.
    assert.ok(asServed > 0 && asServed < 0.2, `${asServed}`);
    assert.ok(asCorrected > 0.5, `${asCorrected}`);
  });

  it('goes on after a kill with the same answers, and says the same', async () => {
    const service = await RunningFeature.start(folder.path, undefined, tight);
    const begun = await build(service, { writeFiles: true }, 'block 1 is written');
    assert.ok(begun.stages.includes('block 1 is written'));
    // Answers of after the begin: they would be newer than those that count.
    const [flight] = await service.tester.flights(fromMs + 20 * dayMs, fromMs + 21 * dayMs);
    assert.ok(flight);
    const known = served.get(questionBy(flight));
    await ask(service, [flight]);
    await service.kill();
    await using again = await RunningFeature.start(folder.path, undefined, tight);
    const { stages, manifest } = await build(again, { writeFiles: true });
    assert.ok(stages.includes('block 1 was written before'));
    assert.ok(stages.includes('block 2 is written'), stages.join());
    const { folder: _first, ...wanted } = first;
    const { folder: _made, ...made } = manifest ?? first;
    assert.deepEqual(made, wanted);
    assert.notEqual(served.get(questionBy(flight)), known);
  });

  it('is made again out of the answers and events of then', async () => {
    await using service = await RunningFeature.start(folder.path);
    const { logOffset, answersBefore, dataHash } = first;
    // By now its late events are known, so another answer is given.
    await ask(service, await service.tester.flights(fromMs + 20 * dayMs, fromMs + 21 * dayMs));
    const now = await manifestOf(service);
    assert.ok(now.dataHash !== dataHash && now.answersBefore > answersBefore);
    const again = await manifestOf(service, { logOffset, answersBefore });
    assert.deepEqual([again.dataHash, again.answersBefore], [dataHash, answersBefore]);
  });

  it('is the same for any number of threads, and takes older answers where it may', async () => {
    const hashes: string[] = [];
    for (const trainingThreads of [1, 2]) {
      await using service = await RunningFeature.start(folder.path, undefined, { trainingThreads });
      const none = await manifestOf(service);
      const older = await manifestOf(service, { answerAgeMaxMs: 2 * dayMs });
      assert.ok(older.rows > none.rows && older.withoutAnswer < none.withoutAnswer);
      assert.equal(older.rows + older.withoutAnswer, none.rows + none.withoutAnswer);
      assert.equal(older.answerAgeMaxMs, 2 * dayMs);
      hashes.push(`${none.dataHash} ${older.dataHash}`);
    }
    assert.equal(hashes[0], hashes[1]);
  });

  it('refuses an age, an end of a log or a column that is none, or that the mode has no use for', async () => {
    await using service = await RunningFeature.start(folder.path);
    const refused = async (changed: BuildTrainingSetRequest) => {
      const error: unknown = await build(service, changed).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof MeshError, String(error));
      return `${error.reason} ${error.message}`;
    };
    const wanted = /^INVALID_FIELD .*answer_age_max_ms.*wanted 0 to 31622400000/;
    for (const answerAgeMaxMs of [-1, Number.NaN, 367 * dayMs]) {
      assert.match(await refused({ answerAgeMaxMs }), /INVALID_FIELD .*answer_age_max_ms/);
    }
    assert.match(await refused({ answerAgeMaxMs: -1 }), wanted);
    const other = { mode: 'TRAINING_SET_MODE_AS_SERVED', answerAgeMaxMs: 5 } as const;
    assert.match(await refused(other), /not as logged/);
    const { logOffset, answersBefore } = first;
    const mode = 'TRAINING_SET_MODE_AS_SERVED';
    assert.match(await refused({ answersBefore: 1e9 }), /answers_before.*an answer up to/);
    assert.match(await refused({ answersBefore: 1.5 }), /answers_before/);
    assert.match(await refused({ answersBefore, mode }), /answers_before.*streamed and as logged/);
    assert.match(await refused({ answersBefore, writeFiles: true }), /answers_before.*streamed/);
    assert.match(await refused({ logOffset: 1e12 }), /log_offset.*which ends at \d+, got/);
    assert.match(await refused({ logOffset: -1 }), /log_offset/);
    assert.match(await refused({ logOffset, writeFiles: true }), /log_offset.*write_files is set/);
    const segmentColumns = ['origin'];
    assert.match(await refused({ segmentColumns, writeFiles: true }), /segment_columns.*at most 0/);
    assert.match(await refused({ segmentColumns: ['gate'] }), /columns of source.*origin.*'gate'/);
    const nine = new Array<string>(9).fill('origin');
    assert.match(await refused({ segmentColumns: nine }), /segment_columns.*at most 8/);
  });

  it('leaves out, and counts, answers of values that were erased', async () => {
    await using service = await RunningFeature.start(folder.path);
    const was = await manifestOf(service);
    const erased = await service.tester.client.deleteEntity(
      { entity: 'airport', keys: { airport: rareAirport }, reason: 'asked for' },
      {},
    );
    assert.ok(erased.historyEvents + erased.logEvents > 0);
    const now = await manifestOf(service);
    assert.ok(now.rows < was.rows && now.rows > 0);
    // Examples of the airport itself are gone; those of others that shared its events are without an answer.
    assert.ok(now.withoutAnswer > 0);
    const lost = was.rows + was.withoutAnswer - (now.rows + now.withoutAnswer);
    assert.ok(lost > 0 && was.rows - now.rows > lost / 2);
  });
});
