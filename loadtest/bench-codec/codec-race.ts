import { join } from 'node:path';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import { loadMessage, packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import { median } from '../load/order-statistics.ts';
import type { SampleMessage } from './sample-messages.ts';

/** What one codec takes for one message: the medians of the rounds. */
interface Cost {
  /** CPU of the process, nanoseconds a message. */
  readonly nanos: number;
  /** Of JavaScript's heap, bytes a message. */
  readonly heapBytes: number;
}

/** What both codecs take for one message. */
export interface RaceResult {
  readonly type: string;
  readonly what: string;
  /** Of the message as ours writes it. */
  readonly bytes: number;
  readonly write: { readonly stock: Cost; readonly ours: Cost };
  readonly read: { readonly stock: Cost; readonly ours: Cost };
}

/** A call that is measured, and what its rounds said. */
interface Runner {
  readonly call: () => unknown;
  readonly nanos: number[];
  readonly heapBytes: number[];
}

// As many calls as fit into the young generation, mostly: a collection of garbage between two looks at the heap makes the difference useless.
const heapCalls = 10;

/**
 * Lets proto-loader's codec and ours write and read messages, one call after the other in each round.
 * @param millis of CPU that each call gets in each round
 */
export function raceCodecs(
  samples: readonly SampleMessage[],
  rounds: number,
  millis: number,
): readonly RaceResult[] {
  const races = samples.map(raceOf);
  const runners = races.flatMap(({ runners: all }) => Object.values(all));
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const runner of runners) {
      const nanos = nanosOf(runner.call, millis * 1_000);
      const heapBytes = heapBytesOf(runner.call);
      if (round === 0) continue;
      runner.nanos.push(nanos);
      if (heapBytes >= 0) runner.heapBytes.push(heapBytes);
    }
  }
  return races.map(({ sample: { type, what }, bytes, runners: all }) => ({
    type,
    what,
    bytes,
    write: { stock: costOf(all.stockWrite), ours: costOf(all.write) },
    read: { stock: costOf(all.stockRead), ours: costOf(all.read) },
  }));
}

function raceOf(sample: SampleMessage) {
  const { type, file, message } = sample;
  const ours = loadMessage<object, object>(type);
  const stock = stockCodec(type, file);
  const bytes = ours.serialize(message);
  const stockBytes = stock.serialize(message);
  const runners = {
    stockWrite: runnerOf(() => stock.serialize(message)),
    write: runnerOf(() => ours.serialize(message)),
    stockRead: runnerOf(() => stock.deserialize(stockBytes)),
    read: runnerOf(() => ours.deserialize(stockBytes)),
  };
  return { sample, bytes: bytes.length, runners };
}

/** As `load-proto.ts` had it, and as the echo server has it. */
function stockCodec(type: string, file: string): MessageTypeDefinition<object, object> {
  const options = { longs: String, enums: String, defaults: true, oneofs: true };
  const loaded = loadSync(file, { ...options, includeDirs: [join(packageRoot, 'proto')] })[type];
  if (loaded === undefined) throw new Error(`no ${type} in ${file}`);
  return loaded as unknown as MessageTypeDefinition<object, object>;
}

function runnerOf(call: () => unknown): Runner {
  return { call, nanos: [], heapBytes: [] };
}

function nanosOf(call: () => unknown, microsMin: number): number {
  const begin = process.cpuUsage();
  let calls = 0;
  for (let batch = 1; ; batch = Math.min(batch * 2, 1_024)) {
    for (let index = 0; index < batch; index += 1) call();
    calls += batch;
    const { user, system } = process.cpuUsage(begin);
    if (user + system >= microsMin) return ((user + system) * 1_000) / calls;
  }
}

/** Gives less than nothing where garbage was collected meanwhile. */
function heapBytesOf(call: () => unknown): number {
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < heapCalls; index += 1) call();
  return (process.memoryUsage().heapUsed - before) / heapCalls;
}

function costOf({ nanos, heapBytes }: Runner): Cost {
  return { nanos: median(nanos), heapBytes: median(heapBytes) };
}
