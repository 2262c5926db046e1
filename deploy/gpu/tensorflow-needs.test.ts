import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { bindingPath, libraryProblem, readTensorFlowHost } from './tensorflow-host.ts';
import {
  type TensorFlowBuild,
  type TensorFlowHost,
  tensorflowFiles,
  tensorflowFindings,
} from './tensorflow-needs.ts';

const whole: TensorFlowHost = {
  platform: 'linux x64',
  gpus: [{ name: 'Tesla P4', driverVersion: '535.54.03', computeCapability: 6.1 }],
  missingLibraries: [],
  hasPip: true,
  packageVersion: '4.22.0',
  compiler: 'g++',
  nodeHeaders: '/usr/include/node',
};
const bare: TensorFlowHost = {
  ...whole,
  gpus: [],
  hasPip: false,
  compiler: undefined,
  nodeHeaders: undefined,
};

const missingIn = (host: TensorFlowHost, build: TensorFlowBuild, problem?: string) =>
  tensorflowFindings(host, build, problem).flatMap(({ name, isThere }) => (isThere ? [] : [name]));

describe('tensorflowFindings', () => {
  it('finds nothing missing where all is there, for a GPU of CUDA 12 too', () => {
    assert.deepEqual(missingIn(whole, 'cpu'), []);
    assert.deepEqual(missingIn(whole, 'gpu'), []);
  });
  it('wants what compiles and fetches only where the library is missing, and a GPU for its build alone', () => {
    const tools = ['compiler', 'Node headers', 'pip', 'TensorFlow'];
    assert.deepEqual(missingIn(bare, 'cpu', 'it is missing'), tools);
    assert.deepEqual(missingIn(bare, 'cpu'), []);
    assert.deepEqual(missingIn(bare, 'gpu'), ['driver']);
    assert.deepEqual(
      missingIn(
        {
          ...whole,
          gpus: [{ ...whole.gpus[0], name: 'K80', driverVersion: '470.1', computeCapability: 3.7 }],
        },
        'gpu',
      ),
      ['driver', 'GPU'],
    );
  });
  it('says that the library alone is fetched', () => {
    const fetched = tensorflowFindings(bare, 'gpu', 'it is missing').filter((one) => one.isFetched);
    assert.deepEqual(
      fetched.map(({ name, says }) => [name, says]),
      [['TensorFlow', 'it is missing']],
    );
  });
  it('wants the platform of the wheel and the version of the package that is compiled', () => {
    assert.deepEqual(missingIn({ ...whole, platform: 'darwin arm64' }, 'cpu'), ['platform']);
    assert.deepEqual(missingIn({ ...whole, packageVersion: '4.23.0' }, 'cpu'), ['tfjs-node-gpu']);
    assert.deepEqual(missingIn({ ...whole, packageVersion: undefined }, 'cpu'), ['tfjs-node-gpu']);
  });
});

describe('libraryProblem', () => {
  it('tells what is missing from another build, and takes a whole one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mlmesh-tensorflow-'));
    try {
      assert.match((await libraryProblem(folder, 'cpu')) ?? '', /framework\.so\.2 is missing/);
      mkdirSync(join(folder, 'deps', 'lib'), { recursive: true });
      for (const { name, bytes } of tensorflowFiles) {
        const path = join(folder, 'deps', 'lib', name);
        writeFileSync(path, '');
        await truncate(path, bytes.cpu); // sparse: no disk is used
      }
      assert.match((await libraryProblem(folder, 'gpu')) ?? '', /another build/);
      assert.match((await libraryProblem(folder, 'cpu')) ?? '', /not compiled/);
      mkdirSync(dirname(bindingPath(folder)), { recursive: true });
      writeFileSync(bindingPath(folder), '');
      assert.equal(await libraryProblem(folder, 'cpu'), undefined);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('readTensorFlowHost', () => {
  it('reads the version of a package, and finds none where there is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mlmesh-tensorflow-'));
    try {
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '4.22.0' }));
      assert.equal((await readTensorFlowHost(folder)).packageVersion, '4.22.0');
      assert.equal((await readTensorFlowHost(undefined)).packageVersion, undefined);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
