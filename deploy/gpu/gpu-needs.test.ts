import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cachedNames, type GpuHost, parseGpus, readGpuHost } from './gpu-host.ts';
import { cudaLibraries, driverLibrary, findingsOf, providerFiles } from './gpu-needs.ts';
import { providerProblem } from './install-provider.ts';

const whole: GpuHost = {
  platform: 'linux x64',
  gpus: [{ name: 'NVIDIA H100 80GB HBM3', driverVersion: '580.159.04', computeCapability: 9 }],
  missingLibraries: [],
  hasPip: true,
};

const missingIn = (host: GpuHost, version = '1.30.0', problem?: string): readonly string[] =>
  findingsOf(host, version, problem).flatMap(({ name, isThere }) => (isThere ? [] : [name]));

describe('findingsOf', () => {
  it('finds nothing missing on a host that has it all', () =>
    assert.deepEqual(missingIn(whole), []));
  it('names what is missing, and whether it can be fetched', () => {
    const bare = { ...whole, missingLibraries: ['libcudart.so.13'] };
    const findings = findingsOf(bare, '1.30.0', 'it is missing').filter((one) => !one.isThere);
    assert.deepEqual(
      findings.map(({ name, isFetched }) => [name, isFetched]),
      [
        ['provider', true],
        ['CUDA libraries', true],
      ],
    );
    assert.match(findings[1]?.says ?? '', /libcudart\.so\.13/);
  });
  it('wants a driver and a GPU that CUDA 13 runs on', () => {
    const [gpu] = whole.gpus;
    assert(gpu !== undefined);
    assert.deepEqual(missingIn({ ...whole, gpus: [] }), ['driver']);
    assert.deepEqual(missingIn({ ...whole, missingLibraries: [driverLibrary] }), ['driver']);
    assert.deepEqual(missingIn({ ...whole, gpus: [{ ...gpu, driverVersion: '570.86' }] }), [
      'driver',
    ]);
    assert.deepEqual(missingIn({ ...whole, gpus: [{ ...gpu, computeCapability: 7 }] }), ['GPU']);
  });
  it('wants the platform and the version that the provider is built for', () => {
    assert.deepEqual(missingIn({ ...whole, platform: 'darwin arm64' }), ['platform']);
    assert.deepEqual(missingIn(whole, '1.29.0'), ['onnxruntime-node']);
  });
  it('wants pip only where there is something to fetch', () => {
    assert.deepEqual(missingIn({ ...whole, hasPip: false }), []);
    assert.deepEqual(missingIn({ ...whole, hasPip: false }, '1.30.0', 'it is missing'), [
      'pip',
      'provider',
    ]);
  });
});

describe('readGpuHost', () => {
  it('finds the libraries of this system and misses those that nobody has', async () => {
    const host = await readGpuHost(['libnobody.so.7'], tmpdir());
    assert.deepEqual(host.missingLibraries, ['libnobody.so.7']);
  });
  it('reads what nvidia-smi and ldconfig write', () => {
    const csv = 'NVIDIA H100 80GB HBM3, 580.159.04, 9.0\nTesla T4, 580.65.06, 7.5\n';
    assert.deepEqual(parseGpus(csv), [
      ...whole.gpus,
      { name: 'Tesla T4', driverVersion: '580.65.06', computeCapability: 7.5 },
    ]);
    assert.deepEqual(parseGpus(''), []);
    assert.deepEqual(parseGpus('No devices were found\n'), []);
    const listing = '2 libs found\n\tlibcuda.so.1 (libc6,x86-64) => /usr/lib/libcuda.so.1\n';
    assert.ok(cachedNames(listing).has(driverLibrary));
    assert.ok(!cachedNames(listing).has(cudaLibraries[0] ?? ''));
  });
});

describe('providerProblem', () => {
  it('tells a file that is missing from one that is cut off, and takes whole ones', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mlmesh-provider-'));
    try {
      assert.match((await providerProblem(folder)) ?? '', /shared\.so is missing/);
      for (const { name, bytes } of providerFiles) {
        writeFileSync(join(folder, name), '');
        truncateSync(join(folder, name), bytes); // sparse: no disk is used
      }
      assert.equal(await providerProblem(folder), undefined);
      const [first] = providerFiles;
      truncateSync(join(folder, first?.name ?? ''), 10);
      assert.match((await providerProblem(folder)) ?? '', /is cut off: 10 of 14632 bytes/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
