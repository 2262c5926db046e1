import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ParityReport, runParity } from '../parity/parity-run.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { startMs } from '../support/small-flights/ask-flight.ts';
import { writeSample } from '../support/small-flights/write-sample.ts';

/** More than one with `npm run test:long`. */
const kills = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1);
const answersMin = 5_000 * kills;

describe('every answer of a feature service that is killed', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let report: ParityReport;

  before(async () => {
    folder = temporaryFolder();
    const parquet = `${folder.path}/flights.parquet`;
    process.env['MLMESH_SMALL_FLIGHTS'] = parquet;
    await writeSample(parquet);
    report = await runParity({
      folder: `${folder.path}/data`,
      meshModule: fileURLToPath(new URL('../support/small-flights/mesh.js', import.meta.url)),
      options: {},
      historyUntilMs: startMs,
      untilMs: startMs + 30 * 86_400_000,
      answersMin,
      lateShare: 0.01,
      kills,
      seed: 1,
      show: () => undefined,
    });
  });
  after(() => folder[Symbol.dispose]());

  it('is what the plain definition gives at its own time and log offset, bit for bit', (t) => {
    t.diagnostic(JSON.stringify(report));
    assert.deepEqual(report.examples, []);
    assert.equal(report.mismatches, 0);
  });

  it('was audited, but for those of the moment before a kill', () => {
    assert.ok(report.served >= answersMin);
    // What was read in the moment before a kill is not in the log of answers; on a machine with much else to do that is a second or two
    // of a run that takes ten.
    assert.ok(report.answers >= report.served / 2, `${report.answers} of ${report.served}`);
    assert.ok(report.cells === report.answers * 5);
    // Answers that are all defaults would agree whatever the state holds.
    assert.ok(report.presentShare > 0.5, `${report.presentShare}`);
  });

  it('was given under kills, late events and duplicates', () => {
    assert.equal(report.kills, kills);
    assert.ok(report.late > 20 && report.duplicates > 500);
    assert.ok(report.lateEffects > 0 && report.changedSince > report.lateEffects);
    assert.ok(report.events > 8_000);
  });
});
