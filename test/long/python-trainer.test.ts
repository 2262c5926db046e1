import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { skipPythonTrainer, trainerPath } from '../support/python-trainer.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';
import { writeSample } from '../support/small-flights/write-sample.ts';

const model = 'flight-delay';

describe('gradient-boosted trees that Python trained', { skip: skipPythonTrainer }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlmesh-python-'));
  const data = join(folder, 'data');
  let mesh: SmallFlights;

  before(async () => {
    const parquet = join(folder, 'flights.parquet');
    await writeSample(parquet);
    process.env['MLMESH_SMALL_FLIGHTS'] = parquet;
    process.env['MLMESH_SMALL_FLIGHTS_TRAINER'] = 'python';
    process.env['PATH'] = trainerPath;
    mesh = await startSmallFlights({ data });
  });
  after(async () => {
    await mesh[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const production = async () => {
    const { version } = await mesh.services.registry.getVersion({ model, alias: 'production' });
    return version ?? assert.fail('nothing in production');
  };

  it('answer in production', async () => {
    const { version } = await production();
    await eventually(
      'the trees answer',
      async () => {
        const answer = await mesh.client.predict(model, askFlight());
        assert.ok(answer.score > 0 && answer.score < 1);
        return answer.tier === 'model' && answer.version === version;
      },
      30_000,
    );
  });

  it('are registered with their environment and with figures that mlmesh measured', async () => {
    const { provenance, version } = await production();
    assert.ok(provenance?.environment);
    const { runtime, packages, command, files } = provenance.environment;
    assert.match(runtime, /^Python 3\./);
    assert.ok(packages.some((name) => /^lightgbm==\d/.test(name)));
    assert.deepEqual(command, ['python3', 'trainer/train.py']);
    assert.deepEqual(
      new Set(Object.keys(files)),
      new Set(['onnx_trees.py', 'requirements.txt', 'train.py']),
    );
    const settings = JSON.parse(provenance.hyperparametersJson);
    assert.equal(settings.parameters.rounds, 40);
    const { auc = 0, log_loss: logLoss = 1, baseline_log_loss: baseline = 0 } = provenance.metrics;
    assert.ok(auc > 0.6 && logLoss < baseline, `${auc} ${logLoss} ${baseline}`);
    const shown = await mlmeshBeside(
      'models',
      'show',
      `${model}@${version}`,
      '--data',
      data,
      '--json',
    );
    const { evaluation } = JSON.parse(shown.stdout);
    // What LightGBM says of its own doubles, and what ONNX Runtime gives in float32.
    assert.ok(Math.abs(evaluation.reported.log_loss - logLoss) < 1e-5, shown.stdout);
    const values = evaluation.sets[0].segments.map(({ value }: { value: string }) => value);
    assert.deepEqual(new Set(values), new Set(['DEN', 'DFW', 'LAX', 'ORD']));
  });

  it('are made again to the byte', async () => {
    const { version } = await production();
    const { status, stdout, stderr } = await mlmeshBeside(
      ...['reproduce', `${model}@${version}`, '--data', data, '--json'],
    );
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.deepEqual(JSON.parse(stdout).notes, []);
  });
});
