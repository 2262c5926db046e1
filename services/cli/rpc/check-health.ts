import { durationMs } from '../../shared/kernel/units.ts';
import { connectService } from '../../shared/platform/grpc/client.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';

const timeoutMs = durationMs(2_000); // a service that needs longer to say that it is well is not

/** Asks a process over gRPC whether it takes calls; false when it says no, rejects when it does not answer. */
export async function checkHealth(
  address: string,
  signal: AbortSignal,
  tls?: ClientTls,
): Promise<boolean> {
  const client = connectService('grpc.health.v1.Health', [address], {
    clock: systemClock,
    timeoutMs,
    connectMsMax: timeoutMs,
    attemptsMax: 1,
    tls,
  });
  try {
    const { status } = await client.check({ service: '' }, { signal });
    return status === 'SERVING';
  } finally {
    client.close();
  }
}
