import { createPrivateKey } from 'node:crypto';
import { FakeRegistry } from './fake-registry.ts';
import { testModel } from './test-model.ts';

// A program: a registry of two versions of 36 MB, in a process of its own, since sending one takes a core for a while.

/** Columns, then the width of each hidden layer: reading, hashing and opening one takes a second of a core. */
const widths = [256, 2_048, 2_048, 2_048];
const [old, young] = [testModel({ widths }), testModel({ widths, weight: 0.001 })];
const registry = new FakeRegistry();

/** `signingKey`, a private key in PEM, lets version 1 be production and is answered with the address; without it production moves to version 2. */
process.on('message', ({ signingKey }: { readonly signingKey?: string }) => {
  (signingKey === undefined ? flip() : start(signingKey)).then(
    (address) => process.send?.({ address }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

async function start(signingKey: string): Promise<string> {
  registry.signingKey = createPrivateKey(signingKey);
  registry.add(1, old);
  registry.point('production', 1);
  return await registry.start();
}

function flip(): Promise<string> {
  registry.add(2, young);
  registry.point('production', 2);
  return Promise.resolve('');
}
