import { fileURLToPath } from 'node:url';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import type { FeatureTester } from './feature-tester.ts';
import { bytesOf, doubles } from './feature-tester.ts';

/** An order as an event; null stands for a missing value. */
export interface Order {
  readonly id: string;
  readonly at: number;
  readonly amount: number | null;
  readonly items: number | null;
  readonly isGift: number;
  readonly note: string | null;
  readonly user: string;
  readonly shop: number;
}

/** Path of the compiled mesh over orders. */
export const ordersMesh = fileURLToPath(new URL('./fake-orders-mesh.js', import.meta.url));

/** Gives an order with some fields changed. */
export function order(id: string, change: Partial<Order> = {}): Order {
  const at = Date.UTC(2001, 0, 10);
  return { id, at, amount: 9.5, items: 2, isGift: 0, note: 'x', user: 'u1', shop: 7, ...change };
}

/** Gives the wire form of a batch of orders. */
export function ordersBatch(batchId: number, orders: readonly Order[]) {
  const numbers = (name: 'at' | 'amount' | 'items' | 'isGift' | 'shop') => ({
    name,
    numbers: bytesOf(orders.map((each) => each[name] ?? 0)),
    nulls: nullsOf(orders.map((each) => each[name])),
  });
  const texts = (name: 'note' | 'user') => ({
    name,
    texts: orders.map((each) => each[name] ?? ''),
    nulls: nullsOf(orders.map((each) => each[name])),
  });
  return {
    batchId,
    source: 'orders',
    rows: orders.length,
    eventIds: orders.map(({ id }) => id),
    columns: [
      numbers('at'),
      numbers('amount'),
      numbers('items'),
      numbers('isGift'),
      texts('note'),
      texts('user'),
      numbers('shop'),
    ],
  };
}

type Batch = ReturnType<typeof ordersBatch> & {
  readonly partition?: string;
  readonly firstPosition?: number;
};

/** What came of a stream of batches. */
export interface Outcome {
  readonly acknowledgements: readonly {
    readonly batchId: number;
    readonly appended: number;
    readonly duplicates: number;
    readonly lateDropped: number;
    readonly lateAccepted: number;
    readonly logOffset: number;
  }[];
  readonly error: MeshError | undefined;
}

/** Sends batches over one stream, to its end or to the error that it ends with. */
export async function ingestOrders(
  { client }: FeatureTester,
  ...batches: readonly Batch[]
): Promise<Outcome> {
  const acknowledgements: Outcome['acknowledgements'][number][] = [];
  async function* requests() {
    for (const batch of batches) yield await Promise.resolve(batch);
  }
  try {
    for await (const acknowledgement of client.ingest(requests(), {})) {
      acknowledgements.push(acknowledgement);
    }
    return { acknowledgements, error: undefined };
  } catch (error) {
    if (!(error instanceof MeshError)) throw error;
    return { acknowledgements, error };
  }
}

/** Columns of {@link askOrders}, in order. */
export const orderFeatures = [
  'userOrders',
  'userItems',
  'userAmountMax',
  'shopItems',
  'shopGifts',
  'bothItems',
] as const;

/** Asks online for the features of a user at a shop at a time; checks that the audit says the same, bit for bit. */
export async function askOrders(
  tester: FeatureTester,
  question: { readonly user: string; readonly shop: number; readonly t: number },
): Promise<Readonly<Record<(typeof orderFeatures)[number], number>>> {
  const { client } = tester;
  const featureSetHash = await tester.featureSetHash();
  const { featureSets } = await client.listDefinitions({}, {});
  const keyOf: Readonly<Record<string, string>> = {
    user: question.user,
    shop: String(question.shop),
  };
  const keys = (featureSets[0]?.joinKeys ?? []).map((name) => keyOf[name] ?? '');
  const query = { featureSetHash, rows: 1, keys, atMs: bytesOf([question.t]) };
  const { rows } = await client.getOnlineFeatures({ query }, {});
  const logOffsets = bytesOf([rows?.logOffset ?? 0]);
  const audit = await client.recompute({ query, logOffsets }, {});
  if (!rows?.values.equals(audit.rows?.values ?? Buffer.alloc(0))) {
    throw new Error('online and recomputed values differ');
  }
  const [userOrders = NaN, userItems = NaN, userAmountMax = NaN, ...rest] = doubles(rows.values);
  const [shopItems = NaN, shopGifts = NaN, bothItems = NaN] = rest;
  return { userOrders, userItems, userAmountMax, shopItems, shopGifts, bothItems };
}

function nullsOf(values: readonly unknown[]): Buffer {
  if (!values.includes(null)) return Buffer.alloc(0);
  return Buffer.from(values.map((value) => Number(value === null)));
}
