import assert from 'node:assert/strict';
import { connectMesh } from '../../services/cli/rpc/connect-mesh.ts';
import { connect } from '../../services/client/index.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { openClientTls } from '../../services/shared/platform/grpc/tls/client-tls.ts';
import type { MeshAddresses } from '../../services/shared/platform/process/mesh-addresses.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import type { TlsSettings } from '../../services/shared/platform/process/tls-settings.ts';
import { eventually } from './eventually.ts';
import type { OtlpReceiver, ReceivedSpan } from './otlp-receiver.ts';
import { askFlight } from './small-flights/ask-flight.ts';

const traces = 5;

/** Asks a small mesh on the real clock for predictions, and checks that the monitor and an independent receiver of OTLP, where there is one, have the same spans of each. */
export async function compareTraces(
  addresses: MeshAddresses,
  tls: TlsSettings,
  receiver: OtlpReceiver | undefined,
): Promise<void> {
  if (receiver === undefined) return;
  using secret = openClientTls(tls);
  using services = connectMesh(addresses, systemClock, secret);
  const client = connect({ router: addresses.router, monitor: addresses.monitor[0], tls });
  const storedOf = async (traceId: string) => {
    const { spans } = await services.monitor.getTrace({ traceId }).catch((error: unknown) => {
      assert.ok(error instanceof MeshError && error.code === 'NOT_FOUND', String(error));
      return { spans: [] };
    });
    return textsOf(spans.filter((span) => span.traceId === traceId));
  };
  try {
    for (let trace = 0; trace < traces; trace += 1) {
      const { at: _, ...question } = askFlight();
      const { traceId, tier } = await client.predict('flight-delay', question);
      let [stored, received]: (readonly string[])[] = [[], []];
      const wanted = ['router', 'feature', ...(tier === 'model' ? ['prediction'] : [])];
      const areAlike = async () => {
        stored = await storedOf(traceId);
        received = textsOf(receiver.spansOf(traceId));
        const isWhole = wanted.every((one) => stored?.some((span) => span.endsWith(`by ${one}`)));
        return isWhole && stored.join() === received.join();
      };
      await eventually(`trace ${traceId} is whole in both`, areAlike, 30_000).catch(
        (error: unknown) => {
          assert.deepEqual(received, stored);
          throw error;
        },
      );
      assertJoined(receiver.spansOf(traceId));
    }
  } finally {
    client.close();
  }
}

/** Each span has its parent among the others, but for the one that began it all. */
function assertJoined(spans: readonly ReceivedSpan[]): void {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
  assert.equal(roots.length, 1, textsOf(roots).join('\n'));
}

function textsOf(spans: readonly ReceivedSpan[]): readonly string[] {
  return spans
    .map(
      ({ spanId, parentSpanId, name, service }) =>
        `${spanId} in ${parentSpanId || 'nothing'}: ${name} by ${service}`,
    )
    .sort();
}
