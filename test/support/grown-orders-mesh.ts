import {
  decimal,
  defineMesh,
  entity,
  featuresOf,
  int,
  modelsOf,
  pipeline,
  policy,
  source,
  text,
  timestamp,
} from 'mlmesh';

const columns = { at: timestamp(), user: text(), shop: int(), note: text(), items: int() };
const more = { discount: decimal(8, 2), coupon: text() };
const time = { eventTime: 'at', eventId: 'file_row_number', parquet: 'orders.parquet' } as const;
const [user, shop] = [entity('user', { key: text() }), entity('shop', { key: int() })];
const [note, coupon] = [entity('note', { key: text() }), entity('coupon', { key: text() })];
const ofUser = { entities: [user], online: true, offline: true } as const;
const interval = {
  train: { from: '2001-01-01', to: '2001-02-01' },
  validate: { from: '2001-02-01', to: '2001-03-01' },
  candidates: [
    { alias: 'fallback', kind: 'logistic' },
    { alias: 'production', kind: 'mlp', hidden: [4] },
  ],
} as const;
const answering = {
  output: 'probability',
  rules: () => ({ probability: 0.2, because: 'always' }),
  policy: policy({ cohortBy: ['user'] }),
} as const;

const few = source('orders', { ...time, columns });
const fewFeatures = {
  userOrders: featuresOf(few)(ofUser, (events) => events.by('user').lifetime().count()),
};

/** A mesh over orders, by user alone. */
export const firstMesh = defineMesh({
  name: 'orders',
  sources: [few],
  entities: [user],
  features: fewFeatures,
  models: {
    gift: modelsOf({ examples: few, features: fewFeatures, requestFeatures: {} })({
      ...answering,
      inputs: ['userOrders'],
      pipeline: pipeline({
        ...interval,
        examples: few,
        at: 'at',
        label: (order) => order.col('items').greaterThan(2),
      }),
    }),
  },
});

const grown = source('orders', { ...time, columns: { ...columns, ...more } });
const feature = featuresOf(grown);
const grownFeatures = {
  userOrders: feature(ofUser, (events) => events.by('user').lifetime().count()),
  userDiscount: feature({ ...ofUser, default: -1 }, (events) =>
    events.by('user').lifetime().col('discount').max(),
  ),
  userCoupons: feature(ofUser, (events) =>
    events.by('user').lifetime().col('coupon').countDistinct(),
  ),
  shopOrders: feature({ entities: [shop], online: true, offline: true }, (events) =>
    events.by('shop').lifetime().count(),
  ),
  noteOrders: feature({ entities: [note], online: true, offline: true }, (events) =>
    events.by('note').lifetime().count(),
  ),
  couponOrders: feature({ entities: [coupon], online: true, offline: true }, (events) =>
    events.by('coupon').lifetime().count(),
  ),
};

/** The same mesh later: two columns that old events lack, and views by columns that were no keys or did not exist. */
export const grownMesh = defineMesh({
  name: 'orders',
  sources: [grown],
  entities: [user, shop, note, coupon],
  features: grownFeatures,
  models: {
    gift: modelsOf({ examples: grown, features: grownFeatures, requestFeatures: {} })({
      ...answering,
      inputs: [
        'userOrders',
        'userDiscount',
        'userCoupons',
        'shopOrders',
        'noteOrders',
        'couponOrders',
      ],
      pipeline: pipeline({
        ...interval,
        examples: grown,
        at: 'at',
        label: (order) => order.col('items').greaterThan(2),
      }),
    }),
  },
});

const narrowFeatures = { userOrders: grownFeatures.userOrders };

/** The mesh after that, by user alone again, over all columns. */
export const narrowMesh = defineMesh({
  name: 'orders',
  sources: [grown],
  entities: [user],
  features: narrowFeatures,
  featureServices: { orders: ['userOrders'] },
});

const retyped = source('orders', { ...time, columns: { ...columns, note: int() } });

/** A mesh that takes a text for a number: what stands in the log contradicts it. */
export const retypedMesh = defineMesh({
  name: 'orders',
  sources: [retyped],
  entities: [user],
  features: {
    userNotes: featuresOf(retyped)(ofUser, (events) =>
      events.by('user').lifetime().col('note').sum(),
    ),
  },
  featureServices: { notes: ['userNotes'] },
});
