import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Aggregate } from './aggregate.ts';
import { decimal, text, timestamp } from './column.ts';
import { entity } from './entity.ts';
import type { WindowFrame } from './event-frame.ts';
import { featuresOf } from './feature.ts';
import { featureSummary } from './feature-summary.ts';
import { source } from './source.ts';

const columns = { at: timestamp(), user: text(), kind: text(), amount: decimal(12, 2) };
const feature = featuresOf(
  source('purchases', { parquet: 'p.parquet', columns, eventTime: 'at', eventId: 'user' }),
);
const user = entity('user', { key: text() });

function summaryOf(build: (events: WindowFrame<typeof columns>) => Aggregate): string | undefined {
  const definition = feature({ entities: [user], online: true, offline: true }, (events) =>
    build(events.by('user').last('7d')),
  );
  return definition.compile('some').map(featureSummary)[0];
}

describe('featureSummary', () => {
  it('says which texts a condition is about as the author wrote it', () => {
    assert.equal(
      summaryOf((events) => events.where((event) => event.col('kind').oneOf(['food'])).count()),
      "count of events where kind is 'food' over the last 7d by user",
    );
    assert.equal(
      summaryOf((events) =>
        events
          .where((event) => event.col('kind').oneOf(['home', 'food']).not())
          .where((event) => event.col('amount').greaterThan(10))
          .count(),
      ),
      "count of events where (kind is none of 'food', 'home' and ((amount / 100) > 10)) over the last 7d by user",
    );
  });
});
