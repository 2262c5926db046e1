import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemRandom } from '../../services/shared/platform/process/system-random.ts';
import { impatientRegistry } from './running-registry.ts';

/**
 * A process that uploads the file of its second argument to the registry at the address of its first, from where an upload before it broke off, in
 * chunks of any size, and prints how far it is with each.
 */
const [, , address = '', path = ''] = process.argv;
const bytes = readFileSync(path);
const digest = createHash('sha256').update(bytes).digest('hex');
const registry = impatientRegistry(address);
const { receivedBytes } = await registry.getUpload({ digest });
const { isComplete } = await registry.upload(messages(receivedBytes));
process.stdout.write(`complete ${String(isComplete)}\n`);
registry.close();

async function* messages(fromByte: number) {
  yield { header: { digest, bytes: bytes.length, fromByte, format: 'json' } };
  for (let from = fromByte; from < bytes.length; ) {
    const chunk = bytes.subarray(from, from + 1 + Math.floor(systemRandom.next() * 40_000));
    yield { chunk };
    from += chunk.length;
    process.stdout.write(`${from}\n`);
    await nextTurn();
  }
}
