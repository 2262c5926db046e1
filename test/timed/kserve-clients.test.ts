import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { durationMs } from '../../services/shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../services/shared/platform/grpc/client.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { eventually } from '../support/eventually.ts';
import { identityModel, identityTypes } from '../support/identity-model.ts';
import {
  runPerfAnalyzer,
  runTritonClient,
  skipPerfAnalyzer,
  skipTritonClient,
} from '../support/kserve-peers.ts';
import { mlmesh } from '../support/mesh-process.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

type Client = ServiceClient<'inference.GRPCInferenceService'>;

const isLong = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1) > 1;

describe('a mesh that clients of the inference protocol call', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlmesh-kserve-mesh-'));
  let mesh: SmallFlights;
  let router: Client;
  let prediction: Client;

  before(async () => {
    mesh = await startSmallFlights();
    const connect = (address: string) =>
      connectService('inference.GRPCInferenceService', [address], {
        clock: systemClock,
        timeoutMs: durationMs(20_000),
      });
    router = connect(mesh.addresses.router);
    prediction = connect(mesh.addresses.prediction);
    const models = {
      echo: identityModel(identityTypes, [-1, 2]),
      plain: identityModel(['INT64'], [2]),
    };
    for (const [name, { bytes }] of Object.entries(models)) {
      const file = join(folder, `${name}.onnx`);
      writeFileSync(file, bytes);
      const batch = name === 'echo' ? ['--batch-rows-max', '64'] : [];
      const at = ['--data', mesh.data];
      const { status, stderr } = mlmesh(
        'models',
        'register',
        name,
        '--artifact',
        file,
        ...batch,
        ...at,
      );
      assert.equal(status, 0, stderr);
      await router.repositoryModelLoad({ modelName: name });
    }
  });

  after(async () => {
    router.close();
    prediction.close();
    await mesh[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it('routes rows to production, tells the monitor and shows them to the shadow', async () => {
    const { versions, inputs } = await router.modelMetadata({ name: 'flight-delay' });
    const [input] = inputs;
    const columns = Number(input?.shape[1]);
    assert.ok(columns > 1);
    const { models } = await mesh.services.router.getRouting({ model: 'flight-delay' });
    const { productionVersion } = models[0] ?? {};
    const request = {
      modelName: 'flight-delay',
      id: 'seven',
      inputs: [{ name: input?.name ?? '', datatype: 'FP32', shape: [2, columns] }],
      rawInputContents: [Buffer.alloc(2 * columns * 4)],
    };
    const trace = { traceId: 'c0'.repeat(16), spanId: 'd1'.repeat(8), isSampled: true };
    const routed = await router.modelInfer(request, { trace });
    assert.equal(routed.modelVersion, String(productionVersion));
    assert.equal(routed.id, 'seven');
    assert.equal(routed.parameters['tier']?.stringParam, 'MODEL');
    assert.ok(versions.includes(routed.modelVersion));
    const predictionId = routed.parameters['prediction_id']?.stringParam ?? '';
    await eventually('the trace of the prediction leads to a worker and the shadow', () => {
      const { stdout } = mlmesh('trace', predictionId, '--data', mesh.data);
      return [/router predict/, /prediction \d+/, /~ router shadow/].every((part) =>
        part.test(stdout),
      );
    });
    await eventually('the monitor has the row, and the shadow has seen it', async () => {
      const found = await mesh.services.monitor.getPrediction({ predictionId });
      if (found.prediction === null || found.shadowAnswers.length === 0) return false;
      assert.equal(found.prediction.tier, 'TIER_MODEL');
      assert.equal(found.prediction.stamp, null, 'no feature service has made it');
      assert.equal(found.prediction.score, routed.rawOutputContents[0]?.readFloatLE(0));
      assert.ok((found.shadowAnswers[0]?.score ?? 0) > 0);
      return true;
    });
    const direct = await prediction.modelInfer({ ...request, modelVersion: routed.modelVersion });
    assert.deepEqual(routed.rawOutputContents, direct.rawOutputContents);
    assert.equal(
      routed.parameters['artifact_digest']?.stringParam,
      direct.parameters['artifact_digest']?.stringParam,
    );
  });

  it('serves every datatype of a registered model through the router', {
    skip: skipTritonClient,
  }, () => {
    const script = 'test/support/kserve-client.py';
    const found = JSON.parse(runTritonClient(script, mesh.addresses.router, 'echo'));
    assert.deepEqual(found.equal, Object.fromEntries(identityTypes.map((type) => [type, true])));
    assert.equal(found.streamed[10], 'error');
    assert.deepEqual(found.typed.raw, 0);
    assert.match(found.errors.sharedMemory[1], /shared memory is not served/);
    assert.match(found.errors.model[0], /NOT_FOUND/);
  });

  // What a prediction service bears by itself is shown by a test of its own.
  const asked = isLong ? (['router', 'prediction'] as const) : (['router'] as const);
  for (const service of asked) {
    it(`bears perf_analyzer on ${service}, unary, streaming and Poisson`, {
      skip: skipPerfAnalyzer,
    }, () => {
      const ways = [
        ['--concurrency-range', '4'],
        ['--streaming', '--concurrency-range', '4'],
        ['--request-rate-range', '100', '--request-distribution', 'poisson'],
      ];
      for (const way of ways) {
        const report = runPerfAnalyzer('-u', mesh.addresses[service], '-m', 'flight-delay', ...way);
        assert.match(report, /Server:[\s\S]*?Inference count: [1-9]/);
      }
    });
  }
});
