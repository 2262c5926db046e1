import {
  bool,
  defineMesh,
  entity,
  featuresOf,
  float,
  int,
  modelsOf,
  pipeline,
  policy,
  requestFeature,
  source,
  text,
  timestamp,
} from '../../services/index.ts';

const orders = source('orders', {
  parquet: 'orders.parquet',
  columns: {
    at: timestamp(),
    amount: float(),
    items: int(),
    isGift: bool(),
    note: text(),
    user: text(),
    shop: int(),
  },
  eventTime: 'at',
  eventId: 'file_row_number',
  late: { dropAfter: '2d' },
});
const user = entity('user', { key: text() });
const shop = entity('shop', { key: int() });
const userAtShop = entity('userAtShop', { keys: [user, shop] });
const feature = featuresOf(orders);
const ofUser = { entities: [user], online: true, offline: true } as const;
const ofShop = { entities: [shop], online: true, offline: true } as const;
const ofBoth = { entities: [userAtShop], online: true, offline: true } as const;
const features = {
  userOrders: feature(ofUser, (events) => events.by('user').lifetime().count()),
  userItems: feature(ofUser, (events) => events.by('user').last('1d').col('items').sum()),
  userAmountMax: feature({ ...ofUser, default: -1 }, (events) =>
    events.by('user').last('7d').col('amount').max(),
  ),
  shopItems: feature(ofShop, (events) => events.by('shop').last('7d').col('items').sum()),
  shopGifts: feature(ofShop, (events) =>
    events
      .by('shop')
      .last('7d')
      .rate((order) => order.col('isGift')),
  ),
  bothItems: feature(ofBoth, (events) => events.by('user', 'shop').lifetime().col('items').sum()),
};
const requestFeatures = { items: requestFeature(orders, (request) => request.col('items')) };

/** A mesh whose source has columns of every type and drops events that are more than two days late. */
export const mesh = defineMesh({
  name: 'orders',
  sources: [orders],
  entities: [user, shop, userAtShop],
  features,
  requestFeatures,
  models: {
    gift: modelsOf({ examples: orders, features, requestFeatures })({
      inputs: [
        'userOrders',
        'userItems',
        'userAmountMax',
        'shopItems',
        'shopGifts',
        'bothItems',
        'items',
      ],
      output: 'probability',
      pipeline: pipeline({
        examples: orders,
        at: 'at',
        label: (order) => order.col('items').greaterThan(2),
        train: { from: '2001-01-01', to: '2001-02-01' },
        validate: { from: '2001-02-01', to: '2001-03-01' },
        candidates: [
          { alias: 'fallback', kind: 'logistic' },
          { alias: 'production', kind: 'mlp', hidden: [4] },
        ],
      }),
      rules: () => ({ probability: 0.2, because: 'always' }),
      policy: policy({ cohortBy: ['user'] }),
    }),
  },
});
