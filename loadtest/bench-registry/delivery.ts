import { registryHandlers } from '../../services/registry/rpc/registry-handlers.ts';
import type { Registry } from '../../services/registry/versions/registry.ts';
import { connectService } from '../../services/shared/platform/grpc/client.ts';
import { implement } from '../../services/shared/platform/grpc/implement.ts';
import { createServer } from '../../services/shared/platform/grpc/server.ts';
import { systemClock as clock } from '../../services/shared/platform/process/system-clock.ts';
import { percentile } from '../load/order-statistics.ts';

const watchersCount = 10;
const rounds = 500;
const warmUps = 50;
const service = 'mlmesh.registry.v1.RegistryService';

/** Times from the call that moves an alias. */
export interface DeliveryFigures {
  /** Until it is on disk and acknowledged. */
  readonly move_p50_ms: number;
  readonly move_p99_ms: number;
  /** Until the last of ten watchers, over gRPC on the loopback, has the event in its hands. */
  readonly delivery_p50_ms: number;
  readonly delivery_p99_ms: number;
}

/** Moves an alias again and again, and measures when watchers know. */
export async function measureDelivery(registry: Registry, model: string): Promise<DeliveryFigures> {
  const server = createServer({
    name: 'registry',
    address: '127.0.0.1:0',
    clock,
    services: [
      implement(
        service,
        registryHandlers({
          registry,
          actorOf: () => 'bench',
          verify: () => nothing(),
          watchersMax: watchersCount,
        }),
      ),
    ],
  });
  await server.start();
  const caller = connectService(service, [server.address], { clock });
  const leaving = new AbortController();
  const clients = Array.from({ length: watchersCount }, () =>
    connectService(service, [server.address], { clock }),
  );
  const watches = clients.map((client) => {
    const request = { fromSequence: registry.state.sequence };
    return client.watch(request, { signal: leaving.signal })[Symbol.asyncIterator]();
  });
  // The last event that was there says that a watcher is connected.
  await Promise.all(watches.map((watch) => watch.next()));
  const tookMs: { move: number; delivery: number }[] = [];
  for (let round = -warmUps; round < rounds; round += 1) {
    const told = Promise.all(watches.map((watch) => watch.next()));
    const startedMs = performance.now();
    const move = { model, alias: 'shadow', version: 1, expectedGeneration: -1, reason: 'bench' };
    await caller.promote(move);
    const moved = performance.now() - startedMs;
    await told;
    if (round >= 0) tookMs.push({ move: moved, delivery: performance.now() - startedMs });
  }
  leaving.abort();
  for (const client of [caller, ...clients]) client.close();
  const quantile = (of: 'move' | 'delivery', share: number) =>
    percentile(Float64Array.from(tookMs.map((took) => took[of])).sort(), share);
  await server.stop(1_000);
  return {
    move_p50_ms: quantile('move', 0.5),
    move_p99_ms: quantile('move', 0.99),
    delivery_p50_ms: quantile('delivery', 0.5),
    delivery_p99_ms: quantile('delivery', 0.99),
  };
}

async function* nothing() {}
