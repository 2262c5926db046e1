import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { planPorts } from './port-plan.ts';
import { singleReplicas } from './replica-counts.ts';

const portOf = (address: string) => Number(address.split(':')[1]);

describe('planPorts', () => {
  it('picks different free ports for each service and its metrics for a base of 0', async () => {
    const { addresses, metricsAddresses } = await planPorts(0, singleReplicas);
    const ports = [addresses, metricsAddresses]
      .flatMap((planned) => Object.values(planned))
      .flat()
      .map(portOf);
    assert.equal(new Set(ports).size, 10);
    assert.ok(ports.every((port) => port > 0));
  });

  it('counts from the router on, and names a port that is taken, its service and the flag', async () => {
    const base = portOf((await planPorts(0, singleReplicas)).addresses.router[0]);
    const server = createServer();
    // The registry's: two above the base.
    await new Promise<void>((resolve) => server.listen(base + 2, '127.0.0.1', resolve));
    const error: unknown = await planPorts(base, singleReplicas).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    await new Promise((resolve) => server.close(resolve));
    assert.ok(error instanceof MeshError);
    assert.equal(error.reason, 'PORT_TAKEN');
    assert.match(
      error.message,
      new RegExp(`port ${base + 2} of 127.0.0.1, wanted for the registry`),
    );
    assert.match(error.message, /--port-base/);
    const counts = { ...singleReplicas, router: 2, prediction: 3 };
    const { addresses, metricsAddresses } = await planPorts(base, counts);
    const { router, feature, registry, prediction, monitor } = addresses;
    assert.equal(portOf(metricsAddresses.feature[0]), base + 101);
    const firsts = [router[0], feature[0], registry[0], prediction[0], monitor[0]].map(portOf);
    assert.deepEqual(firsts, [base, base + 1, base + 2, base + 3, base + 4]);
    // Further replicas come behind, so that the ports of the first ones stay.
    const others = [...router.slice(1), ...prediction.slice(1)].map(portOf);
    assert.deepEqual(others, [base + 5, base + 6, base + 7]);
  });
});
