import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectMesh, type MeshConnection } from '../../services/cli/rpc/connect-mesh.ts';
import { decodeTfjsArtifact } from '../../services/shared/compute/tfjs-artifact.ts';
import { durationMs } from '../../services/shared/kernel/units.ts';
import { connectService } from '../../services/shared/platform/grpc/client.ts';
import { findTensorFlowLibrary } from '../../services/shared/platform/inference/tensorflow-library.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import {
  bytesField,
  integerField,
  messageField,
} from '../../services/training/core/proto-bytes.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { MeshProcess, mlmeshBeside } from '../support/mesh-process.ts';
import { testModel } from '../support/test-model.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const text = (value: string) => Buffer.from(value, 'utf8');

describe('mlmesh models register', () => {
  const place = temporaryFolder();
  const folder = place.path;
  const data = join(folder, 'data');
  const onnx = testModel();
  let process: MeshProcess;
  let mesh: MeshConnection;

  before(async () => {
    process = new MeshProcess(data, ['deploy/purchases', '--port-base', '0']);
    await process.untilWell();
    const { addresses } = process.record() ?? {};
    assert.ok(addresses);
    mesh = connectMesh(addresses, systemClock);
  });
  after(async () => {
    mesh[Symbol.dispose]();
    assert.equal(await process.end('SIGTERM'), 0, process.text);
    place[Symbol.dispose]();
  });

  const write = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const run = (...args: readonly string[]) => mlmeshBeside('models', ...args, '--data', data);
  const register = (model: string, path: string, ...args: readonly string[]) =>
    run('register', model, '--artifact', path, ...args);
  const provenanceOf = async (model: string, version = 1) => {
    const found = await mesh.registry.getVersion({ model, version });
    return found.version?.provenance ?? assert.fail('no provenance');
  };

  it('reads what an ONNX file takes and gives out of it, and keeps where it came from', async () => {
    const path = write('late.onnx', onnx.bytes);
    const args = ['--from', 'npm:late@1.0.0', '--metric', 'auc=0.7', '--batch-rows-max', '8'];
    const { status, stdout, stderr } = await register('late', path, ...args);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^late version 1 is registered/);
    assert.match(stdout, /takes features FP32 \[-1, 4\]\ngives probability FP32 \[-1, 1\]/);
    const provenance = await provenanceOf('late');
    assert.deepEqual(
      { ...provenance.origin, files: { ...provenance.origin?.files } },
      {
        source: 'npm:late@1.0.0',
        path,
        files: { 'late.onnx': onnx.digest },
        trainingData: 'unknown',
        declaredDataHash: '',
      },
    );
    assert.deepEqual([provenance.trainingData, provenance.environment], [null, null]);
    assert.equal(provenance.signature?.batchRowsMax, 8);
    assert.deepEqual({ ...provenance.metrics }, { auc: 0.7 });
    const again = await register('late', path, ...args, '--json');
    assert.deepEqual(
      [JSON.parse(again.stdout).version, JSON.parse(again.stdout).isKnown],
      [1, true],
    );
    const shown = await run('show', 'late', '1');
    assert.match(shown.stdout, /^origin +trained elsewhere; found in npm:late@1\.0\.0/m);
    assert.match(shown.stdout, /^trained on +unknown data$/m);
  });

  it('packs a tfjs folder into one file, the same each time', async () => {
    const { bytes } = testModel({ format: 'tfjs' });
    const { modelTopology, weightSpecs, weights } = decodeTfjsArtifact(bytes);
    const layers = join(folder, 'layers');
    mkdirSync(layers);
    const shards = [weights.subarray(0, 10), weights.subarray(10)];
    const paths = shards.map((_, index) => `group1-shard${index + 1}of2.bin`);
    for (const [index, shard] of shards.entries()) {
      writeFileSync(join(layers, paths[index] ?? ''), shard);
    }
    const index = { modelTopology, weightsManifest: [{ paths, weights: weightSpecs }] };
    writeFileSync(join(layers, 'model.json'), JSON.stringify(index));
    const first = await register('layers', layers, '--json');
    assert.equal(first.status, 0, first.stderr);
    const { signature, version } = JSON.parse(first.stdout);
    assert.deepEqual(signature.inputs[0].shape, [-1, 4]);
    assert.deepEqual(signature.outputs[0].dataType, 'FP32');
    const again = await register('layers', layers, '--json');
    assert.equal(JSON.parse(again.stdout).version, version);
    const { origin, artifactFormat } = await provenanceOf('layers');
    assert.equal(artifactFormat, 'tfjs');
    assert.equal(origin?.files[paths[1] ?? ''], sha256(weights.subarray(10)));
  });

  it('packs the folder of a SavedModel into one file, the same each time', async () => {
    const saved = 'test/support/scaled-saved-model';
    const first = await register('scaled', saved, '--json');
    assert.equal(first.status, 0, first.stderr);
    const { signature, version } = JSON.parse(first.stdout);
    assert.deepEqual(signature.inputs[1], { name: 'values', dataType: 'FP32', shape: [-1, 3] });
    const again = await register('scaled', join(saved, 'saved_model.pb'), '--json');
    assert.equal(again.status, 0, again.stderr);
    const { origin, artifactFormat, resources } = await provenanceOf('scaled', version);
    assert.equal(artifactFormat, 'saved-model');
    // It runs in a process of its own.
    assert.ok((resources?.memoryBytes ?? 0) > 384 * 1024 ** 2);
    const file = 'variables/variables.index';
    assert.equal(origin?.files[file], sha256(readFileSync(join(saved, file))));
    assert.equal(JSON.parse(again.stdout).artifactDigest, JSON.parse(first.stdout).artifactDigest);
  });

  it('serves a SavedModel where the native TensorFlow is, and says why elsewhere', async () => {
    const { addresses } = process.record() ?? {};
    assert.ok(addresses);
    const options = { clock: systemClock, timeoutMs: durationMs(60_000) };
    const client = connectService('inference.GRPCInferenceService', addresses.prediction, options);
    try {
      const loading = client.repositoryModelLoad({ modelName: 'scaled' });
      if (findTensorFlowLibrary() === undefined) {
        await assert.rejects(loading, {
          reason: 'ARTIFACT_UNSUPPORTED',
          message: /SavedModel runs on/,
        });
        return;
      }
      await loading;
      const floats = new Float32Array([1, 2, 3, 4, 0, -1]);
      const { outputs, rawOutputContents } = await client.modelInfer({
        modelName: 'scaled',
        inputs: [
          { name: 'values', datatype: 'FP32', shape: [2, 3] },
          { name: 'factor', datatype: 'INT32', shape: [] },
        ],
        outputs: [{ name: 'scores' }],
        rawInputContents: [Buffer.from(floats.buffer), Buffer.from(Int32Array.of(2).buffer)],
      });
      assert.deepEqual(
        outputs.map(({ name, shape }) => [name, shape.map(Number)]),
        [['scores', [2, 1]]],
      );
      // Whole numbers: exact in any order of sums.
      const scores = new Float32Array(Uint8Array.from(rawOutputContents[0] ?? []).buffer);
      assert.deepEqual([...scores], [9, 0]);
    } finally {
      client.close();
    }
  });

  it('keeps a version of unknown data out of production, says why, and lets whoever forces it', async () => {
    const refused = await run('promote', 'late@1', '--reason', 'r');
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /what it was trained on is unknown: it came from npm:late@1\.0\.0/,
    );
    assert.equal((await run('checklist', 'late@1')).status, 4);
    const shadowed = await run('promote', 'late@1', '--alias', 'shadow', '--reason', 'r');
    assert.equal(shadowed.status, 0, shadowed.stderr);
    const forced = await run('promote', 'late@1', '--force', '--reason', 'r');
    assert.match(forced.stdout, /without a complete checklist/);
    const hash = 'a'.repeat(64);
    const path = join(folder, 'late.onnx');
    assert.equal((await register('late', path, '--data-hash', hash)).status, 0);
    const provenanceRow = async () => {
      const { rows } = await mesh.registry.getChecklist({ model: 'late', version: 2 });
      return rows.find(({ kind }) => kind === 'provenance');
    };
    assert.equal((await provenanceRow())?.state, 'CHECKLIST_STATE_MISSING');
    await run('check', 'late@2', '--only', 'provenance');
    const row = await provenanceRow();
    assert.equal(row?.state, 'CHECKLIST_STATE_PASSED');
    assert.match(row.why, /^2 signed files/);
  });

  it('refuses what is no model, by reason, and goes on', async () => {
    const external = messageField(7, [
      messageField(5, [
        ...[integerField(1, 1), integerField(2, 1), bytesField(8, text('far'))],
        integerField(14, 1),
        messageField(13, [bytesField(1, text('location')), bytesField(2, text('/etc/passwd'))]),
      ]),
    ]);
    const graph = { format: 'graph-model', modelTopology: { node: [] }, weightsManifest: [] };
    const outside = {
      modelTopology: { model_config: {} },
      weightsManifest: [{ paths: ['../late.onnx'], weights: [] }],
    };
    const folderOf = (name: string, index: object) => {
      mkdirSync(join(folder, name));
      return join(write(`${name}/model.json`, text(JSON.stringify(index))), '..');
    };
    const savedOf = (name: string, graph: Uint8Array) => {
      mkdirSync(join(folder, name));
      return join(write(`${name}/saved_model.pb`, graph), '..');
    };
    const linked = () => {
      const saved = savedOf('linked', text('any'));
      symlinkSync('/etc', join(saved, 'variables'));
      return saved;
    };
    const cases: readonly (readonly [string, RegExp])[] = [
      [write('a.pkl', Buffer.from([0x80, 4, 0x95, ...Buffer.alloc(40)])), /got a Python pickle/],
      [write('a.pt', Buffer.concat([text('PK'), Buffer.alloc(40)])), /a zip archive/],
      [write('a.tgz', Buffer.from([0x1f, 0x8b, ...Buffer.alloc(40)])), /a gzip archive/],
      [write('cut.onnx', onnx.bytes.subarray(0, onnx.bytes.length - 9)), /can't open it/],
      [write('none.onnx', Buffer.from([8, 8])), /can't open it/],
      [write('far.onnx', Buffer.concat([onnx.bytes, external])), /external|another file/i],
      [folderOf('graph', graph), /a graph model with a signature that names its outputs/],
      [folderOf('outside', outside), /"\.\.\/late\.onnx" outside of its folder/],
      [linked(), /variables, which is a symbolic link/],
      [savedOf('noise', text('noise')), /wanted a model that can be served/],
    ];
    for (const [path, why] of cases) {
      const { status, stderr } = await register('bad', path);
      assert.equal(status, 1, path);
      assert.match(stderr, why);
      assert.match(stderr, /reason: ARTIFACT_UNSUPPORTED/);
    }
    const nowhere = await register('bad', join(folder, 'nowhere.onnx'));
    assert.match(nowhere.stderr, /reason: SOURCE_MISSING/);
    const good = join(folder, 'late.onnx');
    for (const args of [
      ['--shape', 'nobody=1'],
      ['--shape', 'x'],
      ['--metric', 'auc=much'],
      ['--data-hash', 'short'],
      ['--batch-rows-max', '65537'],
      ['--shape', 'x=-1,1,1,1,1'],
    ]) {
      const { status, stderr } = await register('bad', good, ...args);
      assert.equal(status, 2, `${args}`);
      assert.match(stderr, new RegExp(`${args[0]}`));
    }
    const empty = await register('bad', write('empty.onnx', Buffer.of()));
    assert.equal(empty.status, 2);
    assert.match(empty.stderr, /--artifact: wanted a model, got .*empty\.onnx, which is empty/);
    const hollow = await register('bad', mkdtempSync(join(folder, 'hollow-')));
    assert.match(hollow.stderr, /neither model\.json \(tfjs\) nor saved_model\.pb/);
    const { versions } = await mesh.registry.listVersions({});
    assert.deepEqual(
      new Set(versions.map(({ model }) => model)),
      new Set(['late', 'layers', 'scaled']),
    );
    assert.equal((await run('verify')).status, 0);
  });
});
