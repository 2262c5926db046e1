import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Mesh } from '../../services/shared/definition/mesh.ts';
import { peakMemoryMib } from '../bench-features/process-memory.ts';
import { parseCount } from '../load/bench-parts.ts';
import { machine } from '../load/machine.ts';
import { processCpuMs } from '../load/process-cpu.ts';
import { mesh as manyModels } from './many-models-mesh.ts';
import { MonitorRun, PredictionMaker } from './monitor-run.ts';
import { mesh as oneModel } from './one-model-mesh.ts';
import { serveReferences, uniformReference } from './references.ts';

const batchRows = 512;
const minuteMs = 60_000;
const beginMs = 17_000 * 86_400_000;

interface Arguments {
  readonly json?: true;
  readonly records: number;
  readonly rounds: number;
}

const command = new Command('bench:monitor')
  .description(
    'measure how many log records a second one monitor takes, and its memory with many models',
  )
  .option('--json', 'one line of JSON last')
  .option('--records <count>', 'records of one model with 20 features', parseCount, 200_000)
  .option('--rounds <count>', 'minutes of a hundred models with 200 features', parseCount, 12)
  .action(bench);
await command.parseAsync();

async function bench({ json, records, rounds }: Arguments): Promise<void> {
  process.stderr.write('records of one model with 20 features\n');
  const ingest = await measureIngest(records);
  process.stderr.write('a hundred models with 200 features\n');
  const memory = await measureMemory(rounds);
  const figures = { ...ingest, ...memory };
  const facts = { machine: machine(), node: process.version, records, rounds };
  const lines = Object.entries(figures).map(
    ([name, value]) => `${name.padEnd(28)}${value.toFixed(1)}`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ ...figures, ...facts })}\n`);
}

/** Sends all records as fast as they are acknowledged, after a tenth of them as a warm-up. */
async function measureIngest(records: number): Promise<Readonly<Record<string, number>>> {
  const featureSet = featureSetOf(oneModel);
  const registry = await serveReferences(featureSet, uniformReference(featureSet));
  try {
    await using monitor = await MonitorRun.start('one-model-mesh', registry.address);
    const maker = new PredictionMaker(featureSet);
    const model = () => 'model-0';
    const batchesOf = (count: number) =>
      Array.from({ length: Math.ceil(count / batchRows) }, (_, index) =>
        maker.batch(batchRows, model, beginMs + Math.floor(index / 100) * minuteMs),
      );
    await monitor.send(batchesOf(batchRows), 1);
    await counted(monitor, 'model-0');
    await monitor.send(batchesOf(records / 10), 8);
    const batches = batchesOf(records);
    const [cpuMs, begun] = [processCpuMs(monitor.pid) ?? 0, performance.now()];
    await monitor.send(batches, 8);
    const wallMs = performance.now() - begun;
    const usedMs = (processCpuMs(monitor.pid) ?? Number.NaN) - cpuMs;
    const sent = batches.length * batchRows;
    return {
      ingest_records_per_s: (sent / wallMs) * 1_000,
      ingest_records_per_cpu_s: (sent / usedMs) * 1_000,
      ingest_memory_mib: peakMemoryMib(monitor.pid) ?? Number.NaN,
    };
  } finally {
    await registry.stop(0);
  }
}

/** Lets each model answer some requests in each minute, and closes a day of them. */
async function measureMemory(rounds: number): Promise<Readonly<Record<string, number>>> {
  const featureSet = featureSetOf(manyModels);
  const models = Object.keys(manyModels.models);
  const profile = uniformReference(featureSet);
  const registry = await serveReferences(featureSet, profile);
  try {
    await using monitor = await MonitorRun.start('many-models-mesh', registry.address);
    const maker = new PredictionMaker(featureSet);
    const model = (index: number) => models[index % models.length] ?? '';
    const send = (count: number, atMs: number) =>
      monitor.send(
        Array.from({ length: count }, () => maker.batch(models.length * 4, model, atMs)),
        4,
      );
    await send(1, beginMs);
    for (const each of models) await counted(monitor, each);
    const startMib = residentMib(monitor.pid);
    let most = startMib;
    for (let minute = 0; minute < rounds; minute += 1) {
      await send(2, beginMs + minute * minuteMs);
      most = Math.max(most, residentMib(monitor.pid));
    }
    return {
      many_models: models.length,
      many_features: featureSet.columns.length,
      many_profile_kib: profile.length / 1_024,
      many_learnt_memory_mib: startMib,
      many_memory_mib: most,
      many_peak_memory_mib: peakMemoryMib(monitor.pid) ?? Number.NaN,
    };
  } finally {
    await registry.stop(0);
  }
}

/** Waits until the references of a model are known, so that what follows is counted at once. */
async function counted({ client }: MonitorRun, model: string): Promise<void> {
  for (;;) {
    const { status } = await client.getDrift({ model, isOpen: true });
    if (status === 'DRIFT_STATUS_OPEN') return;
    await new Promise((done) => setTimeout(done, 50));
  }
}

function featureSetOf({ models }: Mesh) {
  const [model] = Object.values(models);
  if (model === undefined) throw new Error('wanted a mesh with a model');
  return model.featureSet;
}

function residentMib(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1_024;
}
