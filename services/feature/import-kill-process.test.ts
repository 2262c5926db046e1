import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { assertParity, questionsAround } from '../../test/support/feature-parity.ts';
import type { FeatureTester, Question } from '../../test/support/feature-tester.ts';
import { makeFlightsSample } from '../../test/support/flights-sample.ts';
import { sampleMesh } from '../../test/support/flights-sample-mesh.ts';
import { RunningFeature } from '../../test/support/running-feature.ts';
import { lmdbStates } from '../../test/support/stored-states.ts';
import { seededRandom } from '../shared/kernel/random.ts';

const historyUntil = Date.UTC(2001, 2, 1);
const isLong = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1) > 1;
const rounds = isLong ? 10 : 1;
/** After a message of its progress, an import is killed within this. */
const laterMsMax = 60;
const dayMs = 86_400_000;

/** What came of an import, in figures. */
interface Figures {
  readonly rows: number;
  readonly logOffset: number;
  readonly duplicates: number;
  readonly values: string;
  readonly dataHash: string;
  readonly spineHash: string;
  readonly entities: readonly number[];
}

describe('an import that is killed', () => {
  const undisturbed = temporaryFolder();
  let wanted: Figures;
  let wantedStates: Awaited<ReturnType<typeof lmdbStates>>;
  /** Messages of progress that an undisturbed import sends. */
  let messages = 0;
  let questions: readonly Question[] = [];

  async function figuresOf(tester: FeatureTester): Promise<Figures> {
    const { rows, logOffset } = await tester.import(historyUntil);
    if (questions.length === 0) {
      const flights = await tester.flights(historyUntil - 5 * dayMs, historyUntil);
      questions = questionsAround(flights, 300, 5);
    }
    await assertParity(tester, questions);
    const { values } = await tester.online(questions);
    const known = await tester.flights(historyUntil - dayMs, historyUntil);
    const { duplicates, appended } = await tester.ingest(known);
    assert.equal(appended, 0, 'all of the history is known');
    const { views } = await tester.client.listDefinitions({}, {});
    const interval = { fromMs: historyUntil - 20 * dayMs, untilMs: historyUntil };
    for await (const { manifest } of tester.client.buildTrainingSet(
      { model: 'late', ...interval },
      {},
    )) {
      if (!manifest) continue;
      const { dataHash, spineHash } = manifest;
      const hex = values.toString('hex');
      const entities = views.map((view) => view.entities);
      return { rows, logOffset, duplicates, values: hex, dataHash, spineHash, entities };
    }
    return assert.fail('no manifest');
  }

  before(async () => {
    await makeFlightsSample();
    const service = await RunningFeature.start(undisturbed.path);
    await importing(service, () => {
      messages += 1;
    });
    wanted = await figuresOf(service.tester);
    await service[Symbol.asyncDispose]();
    wantedStates = await lmdbStates(undisturbed.path, sampleMesh().views);
    assert.ok(wanted.rows > 40_000 && wantedStates.size > 50);
  });

  after(() => undisturbed[Symbol.dispose]());

  it(`at any of ${rounds} moments is taken up by the next start, to the figures and the bytes of one that was not`, async () => {
    const random = seededRandom(20_261_124);
    const reached = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      using folder = temporaryFolder();
      let stage = 'nothing';
      // Every other time twice, and the only time, too: what the first kill left is what the second one meets.
      const kills = isLong ? 1 + (round % 2) : 2;
      for (let kill = 0; kill < kills; kill += 1) {
        const service = await RunningFeature.start(folder.path);
        // One round after another goes further, each to a moment of its own.
        let left = Math.floor(((round + random.next()) / rounds) * messages);
        const laterMs = random.next() * laterMsMax;
        await importing(service, (now) => {
          stage = now;
          left -= 1;
          if (left < 0) void delay(laterMs).then(() => service.kill());
        });
        reached.add(stage);
        await service.kill();
      }
      const service = await RunningFeature.start(folder.path);
      assert.deepEqual(await figuresOf(service.tester), wanted, `killed in '${stage}'`);
      await service[Symbol.asyncDispose]();
      const states = await lmdbStates(folder.path, sampleMesh().views);
      assert.deepEqual(states, wantedStates, `killed in '${stage}'`);
    }
    assert.ok(reached.size >= (isLong ? 3 : 1), `killed in ${[...reached].join(', ')}`);
  });
});

/** Imports to the end, or to the end of the process; tells each stage that is reached. */
async function importing(
  { impatient }: RunningFeature,
  onStage: (stage: string) => void,
): Promise<void> {
  const request = { source: 'flights', untilMs: historyUntil };
  try {
    for await (const { progress } of impatient.client.importSource(request, {})) {
      onStage(progress?.stage ?? '');
    }
  } catch {
    // The process was killed.
  }
}
