import {
  decimal,
  defineMesh,
  derivedFeature,
  entity,
  featuresOf,
  int,
  source,
  text,
  timestamp,
} from 'mlmesh';

const user = entity('user', { key: text() });
const money = decimal(12, 2);
const purchases = source('purchases', {
  parquet: 'purchases.parquet', // made up: see make-purchases.ts
  columns: { id: int(), boughtAt: timestamp(), userId: text(), kind: text(), amount: money },
  eventTime: 'boughtAt',
  eventId: 'id',
  late: { dropAfter: '7d' },
});

const feature = featuresOf(purchases);
const ofUser = { entities: [user], online: true, offline: true } as const;
const kinds = { Food: 'food', Books: 'books', Home: 'home', Travel: 'travel' };
const features = {
  avgPurchase30d: feature(ofUser, (all) => all.by('userId').last('30d').col('amount').mean()),
  purchases7d: feature(ofUser, (all) => all.by('userId').last('7d').count()),
  spend7d: feature(ofUser, (all) => all.by('userId').last('7d').col('amount').sum()),
  spend30d: feature(ofUser, (all) => all.by('userId').last('30d').col('amount').sum()),
  spend30dOn: feature(ofUser, (all) =>
    all
      .by('userId')
      .last('30d')
      .groupBy('kind', kinds, (some) => some.col('amount').sum()),
  ),
};
const share = derivedFeature((row) => row.feature('spend7d').dividedBy(row.feature('spend30d')));

/** What people spend. */
export const mesh = defineMesh({
  name: 'purchases',
  sources: [purchases],
  entities: [user],
  features,
  derivedFeatures: { recentShare: share },
  featureServices: { spending: ['avgPurchase30d', 'purchases7d', 'spend30dOn', 'recentShare'] },
});
