import { createHash } from 'node:crypto';
import type { FeatureSetPlan } from '../../services/shared/compute/plan.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { implementPartly } from '../../services/shared/platform/grpc/implement.ts';
import { createServer, type MeshServer } from '../../services/shared/platform/grpc/server.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { writeReferenceProfile } from '../../services/training/core/reference-profile.ts';

const dayMs = 86_400_000;
const rows = 20_000;

/** Gives the profile of inputs that are uniform on [0, 1), 128 bins each. */
export function uniformReference({ columns }: FeatureSetPlan): Uint8Array {
  const random = seededRandom(1);
  const atMs = Float64Array.from({ length: rows }, (_, row) => (row * 30 * dayMs) / rows);
  const values = () => Float64Array.from({ length: rows }, () => random.next());
  return writeReferenceProfile(
    { atMs, columns: columns.map(({ name }) => ({ name, values: values() })) },
    { atMs, columns: [{ name: 'probability', values: values() }] },
  );
}

/** Serves one profile for every version of every model, as the registry does. */
export async function serveReferences(
  { hash }: FeatureSetPlan,
  profile: Uint8Array,
): Promise<MeshServer> {
  const digest = createHash('sha256').update(profile).digest('hex');
  const signature = { featureSetHash: hash };
  const server = createServer({
    name: 'bench-registry',
    address: '127.0.0.1:0',
    clock: systemClock,
    services: [
      implementPartly('mlmesh.registry.v1.RegistryService', {
        getVersion: ({ model, version }) => ({
          version: { model, version, provenance: { referenceProfileDigest: digest, signature } },
        }),
        async *download() {
          for (let from = 0; from < profile.length; from += 1 << 20) {
            yield await Promise.resolve({ chunk: profile.subarray(from, from + (1 << 20)) });
          }
        },
      }),
    ],
  });
  await server.start();
  return server;
}
