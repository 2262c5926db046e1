import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { connectService } from '../../shared/platform/grpc/client.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import type { HostedVersion } from '../core/ready-versions.ts';

/** Asks every prediction service what it hosts. */
export interface HostedVersions {
  /**
   * Gives the versions of each replica that answers.
   * @throws {MeshError} what the first one says, when none answers
   */
  read(signal: AbortSignal): Promise<readonly (readonly HostedVersion[])[]>;
  close(): void;
}

const statusMs = durationMs(2_000);
/** Where there are others nobody waits long for one that is away: a rollback may be waiting for what they say. */
const replicaStatusMs = durationMs(500);
const replicaConnectMs = durationMs(100);

const loadingStates: ReadonlySet<string> = new Set([
  'SERVABLE_STATE_NEW',
  'SERVABLE_STATE_LOADING',
  'SERVABLE_STATE_WARMING',
]);

/** Connects to each address on its own. */
export function connectHostedVersions(
  addresses: readonly string[],
  clock: Clock,
  tls?: ClientTls,
): HostedVersions {
  const isAlone = addresses.length === 1;
  const timeoutMs = isAlone ? statusMs : replicaStatusMs;
  const clients = addresses.map((address) =>
    connectService('mlmesh.prediction.v1.PredictionService', [address], {
      clock,
      tls,
      ...(isAlone ? {} : { connectMsMax: replicaConnectMs }),
    }),
  );
  return {
    async read(signal) {
      const answers = await Promise.allSettled(
        clients.map((client) => client.modelStatus({}, { timeoutMs, signal })),
      );
      const replicas = answers.flatMap((answer) =>
        answer.status === 'fulfilled'
          ? [
              answer.value.servables.map(({ model, version, state }): HostedVersion => {
                const isReady = state === 'SERVABLE_STATE_READY';
                const otherwise = loadingStates.has(state) ? 'loading' : 'other';
                return { model, version, state: isReady ? 'ready' : otherwise };
              }),
            ]
          : [],
      );
      const [first] = answers;
      if (replicas.length === 0 && first?.status === 'rejected') throw first.reason;
      return replicas;
    },
    close() {
      for (const client of clients) client.close();
    },
  };
}
