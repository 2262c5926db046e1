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
const prices = source('purchases', {
  parquet: 'p.parquet',
  columns,
  eventTime: 'at',
  eventId: 'user',
});
const feature = featuresOf(prices);
const user = entity('user', { key: text() });

function summaryOf(build: (events: WindowFrame<typeof columns>) => Aggregate): string | undefined {
  const definition = feature({ entities: [user], online: true, offline: true }, (events) =>
    build(events.by('user').last('7d')),
  );
  return definition.compile('some').map((plan) => featureSummary(plan, prices.plan.columns))[0];
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
      "count of events where kind is none of 'food', 'home' and amount > 10 over the last 7d by user",
    );
  });

  it('says what is computed as the author wrote it, with the parentheses that it takes', () => {
    const summed = (build: Parameters<WindowFrame<typeof columns>['value']>[0]) =>
      summaryOf((events) => events.value(build).sum());
    const week = 'over the last 7d by user';
    assert.equal(
      summed((event) => event.col('amount').plus(1).times(event.col('amount')).dividedBy(100)),
      `sum of amount * (amount + 1) / 100 ${week}`,
    );
    assert.equal(
      summed((event) => event.col('amount').minus(event.col('amount').minus(2))),
      `sum of amount - (amount - 2) ${week}`,
    );
    assert.equal(
      summaryOf((events) =>
        events
          .where((event) =>
            event
              .col('amount')
              .greaterThan(10)
              .or(event.col('amount').lessThan(2))
              .and(event.col('amount').atLeast(3).not()),
          )
          .count(),
      ),
      `count of events where amount < 3 and (amount < 2 or amount > 10) ${week}`,
    );
  });
});
