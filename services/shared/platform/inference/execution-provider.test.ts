import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type CudaProbe, chooseProvider } from './execution-provider.ts';
import { cudaProviderFile, onnxRuntimeFolder, probeCuda } from './probe-cuda.ts';

const ready: CudaProbe = { kind: 'ready' };
const absent: CudaProbe = { kind: 'absent', path: '/opt/provider.so' };
const failed: CudaProbe = { kind: 'failed', message: 'libcuda.so.1: cannot open' };

describe('chooseProvider', () => {
  it('takes CUDA where a model runs on it', () => {
    assert.equal(chooseProvider('auto', ready).name, 'cuda');
    assert.equal(chooseProvider('cuda', ready).name, 'cuda');
  });
  it('takes the CPU where it is asked for, CUDA or not', () => {
    assert.equal(chooseProvider('cpu', ready).name, 'cpu');
    assert.equal(chooseProvider('cpu', undefined).name, 'cpu');
  });
  it('takes the CPU else, and says why', () => {
    assert.deepEqual(chooseProvider('auto', absent), {
      name: 'cpu',
      why: 'the CUDA provider of ONNX Runtime is not at /opt/provider.so',
    });
    assert.match(chooseProvider('auto', failed).why, /libcuda\.so\.1: cannot open/);
  });
  it('refuses to start where CUDA is asked for and does not work', () => {
    for (const probe of [absent, failed]) {
      assert.throws(() => chooseProvider('cuda', probe), {
        code: 'FAILED_PRECONDITION',
        reason: 'INVALID_CONFIG',
      });
    }
  });
});

describe('probeCuda', () => {
  it('looks where ONNX Runtime keeps its own library', () => {
    const library = process.platform === 'linux' ? 'libonnxruntime.so.1' : '.';
    assert.ok(existsSync(join(onnxRuntimeFolder(), library)));
  });
  it('runs a model where the provider is there, and names the missing file where it is not', async () => {
    const path = join(onnxRuntimeFolder(), cudaProviderFile);
    const probe = await probeCuda();
    if (existsSync(path)) assert.notEqual(probe.kind, 'absent');
    else assert.deepEqual(probe, { kind: 'absent', path });
  });
});
