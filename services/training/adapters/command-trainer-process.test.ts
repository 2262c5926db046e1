import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';
import type { ExternalCandidate } from '../../shared/definition/candidate.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { DenseNetwork } from '../core/dense-network.ts';
import { writeOnnx } from '../core/onnx-writer.ts';
import type { ExternalInput } from '../ports.ts';
import { CommandTrainer } from './command-trainer.ts';

const features = ['distance', 'a "name"'];

function rowsOf(rows: number): TrainingRows {
  return {
    rows,
    columns: 2,
    features: Float32Array.from({ length: rows * 2 }, (_, at) => at / 8),
    labels: Float32Array.from({ length: rows }, (_, row) => row % 2),
    atMs: Float64Array.from({ length: rows }, (_, row) => 1e12 + row),
    eventIds: Array.from({ length: rows }, (_, row) => `e'${row}`),
  };
}

/** A logistic regression over `columns` columns with one weight for all. */
function networkOf(columns: number, weight: number): DenseNetwork {
  return {
    standardisation: { mean: new Float64Array(columns), std: new Float64Array(columns).fill(1) },
    layers: [
      {
        inputs: columns,
        outputs: 1,
        weights: new Float32Array(columns).fill(weight),
        bias: Float32Array.of(0.5),
        activation: 'sigmoid',
      },
    ],
  };
}

const onnx = (columns: number, weight: number): Buffer =>
  Buffer.from(writeOnnx(networkOf(columns, weight), { name: 'm', metadata: {} }));

/** Reads what a trainer is given, with nothing but Node. */
const goodScript = `
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
const spec = JSON.parse(readFileSync('spec.json', 'utf8'));
const magic = readFileSync(spec.data).subarray(0, 4).toString();
if (magic !== 'PAR1' || spec.features.length !== 2) throw new Error('wanted Parquet');
copyFileSync('trainer/good.onnx', spec.artifact);
writeFileSync(spec.metrics, JSON.stringify({ seed: spec.seed, depth: spec.parameters.depth }));
`;
const leave = (model: string, metrics: string): string =>
  `import { copyFileSync, writeFileSync } from 'node:fs';
   copyFileSync('trainer/${model}.onnx', 'model.onnx'); writeFileSync('metrics.json', '${metrics}');`;

describe('CommandTrainer', () => {
  const root = mkdtempSync(join(tmpdir(), 'mlmesh-command-trainer-'));
  const folder = join(root, 'trainer');
  before(() => {
    mkdirSync(join(folder, 'lib'), { recursive: true });
    const renamed = Buffer.from(
      onnx(2, 1).toString('latin1').replaceAll('probability', 'probabilitx'),
      'latin1',
    );
    const files: Readonly<Record<string, string | Buffer>> = {
      'good.mjs': goodScript,
      'lib/unused.txt': 'x',
      'good.onnx': onnx(2, 0.25),
      'wide.onnx': onnx(3, 1),
      'nan.onnx': onnx(2, Number.NaN),
      'renamed.onnx': renamed,
      'text.onnx': 'no model',
      'nothing.mjs': '',
      'only-model.mjs':
        "import { copyFileSync } from 'node:fs'; copyFileSync('trainer/good.onnx', 'model.onnx');",
      'only-metrics.mjs':
        "import { writeFileSync } from 'node:fs'; writeFileSync('metrics.json', '{\"auc\":1}');",
      'fails.mjs': "console.error('ValueError: no such column'); process.exit(3);",
      'hangs.mjs': "console.log('epoch 1'); setInterval(() => undefined, 1000);",
      'wide.mjs': leave('wide', '{"auc":1}'),
      'nan.mjs': leave('nan', '{"auc":1}'),
      'renamed.mjs': leave('renamed', '{"auc":1}'),
      'text.mjs': leave('text', '{"auc":1}'),
      'bad-metrics.mjs': leave('good', '{"auc":"high"}'),
      'no-json.mjs': leave('good', 'auc 1'),
      'list.mjs': leave('good', '[1]'),
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  });
  after(() => rmSync(root, { recursive: true }));

  function train(
    script: string,
    change: Partial<ExternalCandidate> = {},
    signal = new AbortController().signal,
  ) {
    const candidate: ExternalCandidate = {
      alias: 'production',
      kind: 'external',
      format: 'onnx',
      command: [process.execPath, `trainer/${script}.mjs`],
      files: pathToFileURL(`${folder}/`).href,
      parameters: { depth: 4 },
      timeoutMs: 30_000,
      ...change,
    };
    const input: ExternalInput = {
      model: 'm',
      candidate,
      seed: 7,
      features,
      learning: rowsOf(5_000),
      holdout: rowsOf(300),
    };
    return new CommandTrainer().train(input, () => undefined, signal);
  }

  const refuses = async (made: Promise<unknown>, text: RegExp): Promise<void> => {
    await assert.rejects(made, (error) => {
      assert.ok(error instanceof MeshError, `${error}`);
      assert.deepEqual([error.code, error.reason], ['FAILED_PRECONDITION', 'TRAINING_FAILED']);
      assert.match(error.message, text);
      return true;
    });
  };

  it('gives the model that a command made, with its environment and what it says of itself', async () => {
    const made = await train('good');
    assert.deepEqual(made.reported, { seed: 7, depth: 4 });
    const { runtime, command, files, system } = made.environment;
    assert.equal(runtime, process.version);
    assert.match(system, /^linux|^darwin/);
    assert.equal(command[1], 'trainer/good.mjs');
    assert.match(files['lib/unused.txt'] ?? '', /^[0-9a-f]{64}$/);
    const outputs = await made.predict(Float32Array.of(1, 1, -2, -4), 2);
    const wanted = [0.5 + 0.5, 0.5 - 1.5].map((logit) => 1 / (1 + Math.exp(-logit)));
    for (const [row, value] of wanted.entries()) {
      // 1e-6: float32.
      assert.ok(Math.abs((outputs[row] ?? 0) - value) < 1e-6);
    }
  });

  it('predicts more rows than fit into one call', async () => {
    const made = await train('good');
    const outputs = await made.predict(new Float32Array(20_000 * 2), 20_000);
    assert.equal(outputs.length, 20_000);
    assert.ok(outputs.every((value) => Math.abs(value - 0.622459) < 1e-5));
  });

  it('says what a command did not do', async () => {
    await refuses(train('nothing'), /wanted it to leave metrics\.json, and it did not/);
    await refuses(train('only-model'), /wanted it to leave metrics\.json/);
    await refuses(train('only-metrics'), /wanted it to leave model\.onnx/);
    await refuses(train('fails'), /exit status 3; it wrote: ValueError: no such column/);
    await refuses(train('hangs', { timeoutMs: 500 }), /within 500 ms.*killed; it wrote: epoch 1/);
    await refuses(train('x', { command: ['/no/such/program'] }), /wanted to run .*ENOENT/);
  });

  it('says what is wrong with what it left', async () => {
    await refuses(train('wide'), /'features' \[-1, 2\].*features FP32 \[.*3\]/);
    await refuses(train('renamed'), /gives 'probability' \[-1, 1\].*probabilitx/);
    await refuses(train('text'), /model\.onnx that takes/);
    await refuses(train('bad-metrics'), /finite numbers by name in metrics\.json, got auc: "high"/);
    await refuses(train('no-json'), /metrics\.json as JSON/);
    await refuses(train('list'), /an object of finite numbers/);
  });

  it('refuses a folder that is not there, is empty, or leads elsewhere', async () => {
    const at = (path: string) => ({ files: pathToFileURL(`${path}/`).href });
    await refuses(train('good', at(join(root, 'gone'))), /folder of the trainer's files.*ENOENT/);
    mkdirSync(join(root, 'empty'));
    await refuses(train('good', at(join(root, 'empty'))), /got none/);
    mkdirSync(join(root, 'linked'));
    symlinkSync('/etc/passwd', join(root, 'linked', 'data'));
    await refuses(train('good', at(join(root, 'linked'))), /a link leads elsewhere/);
  });

  it('ends the command when it is cancelled, and leaves nothing behind', async () => {
    const folders = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith('mlmesh-trainer-'));
    const cancel = new AbortController();
    const running = train('hangs', {}, cancel.signal);
    const before = folders();
    setTimeout(() => cancel.abort(new Error('enough')), 300);
    await assert.rejects(running, /enough/);
    assert.ok(folders().length <= before.length);
  });

  it('leaves it to whoever measures to refuse outputs that are no probabilities', async () => {
    const made = await train('nan');
    assert.ok(Number.isNaN((await made.predict(Float32Array.of(1, 1), 1))[0]));
  });
});
