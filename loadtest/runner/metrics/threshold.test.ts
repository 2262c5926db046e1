import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RunError } from '../run-error.ts';
import { Metric, type MetricKind } from './metric.ts';
import { MetricRegistry } from './metric-registry.ts';
import { parseSelector } from './metric-selector.ts';
import {
  checkThreshold,
  evaluateThreshold,
  parseThreshold,
  parseTrendStat,
  type ThresholdExpression,
} from './threshold.ts';

function metricOf(kind: MetricKind, values: readonly number[]): Metric {
  const metric = new Metric('it', kind, 'default');
  for (const value of values) metric.add(value, {});
  return metric;
}

const isMet = (text: string, metric: Metric, elapsedMs = 1_000) =>
  evaluateThreshold(parseThreshold(text), metric, elapsedMs).isMet;

describe('parseThreshold', () => {
  it('reads every aggregation and operator, with and without spaces', () => {
    const read = (text: string) => {
      const { aggregation, operator, bound }: ThresholdExpression = parseThreshold(text);
      return [aggregation, operator, bound];
    };
    assert.deepEqual(read('p(99)<50'), [{ name: 'p', percent: 99 }, '<', 50]);
    assert.deepEqual(read(' p(99.9) <= 0.5 '), [{ name: 'p', percent: 99.9 }, '<=', 0.5]);
    assert.deepEqual(read('rate>=.99'), [{ name: 'rate' }, '>=', 0.99]);
    assert.deepEqual(read('count>1e3'), [{ name: 'count' }, '>', 1_000]);
    assert.deepEqual(read('value == -1'), [{ name: 'value' }, '==', -1]);
    assert.deepEqual(read('med===5'), [{ name: 'med' }, '===', 5]);
    for (const name of ['avg', 'min', 'max'] as const) {
      assert.deepEqual(read(`${name}!=2`), [{ name }, '!=', 2]);
    }
  });

  it('refuses what is no expression, and names it', () => {
    const wrongs = ['', 'p99<50', 'p()<50', 'p(101)<50', 'rate', 'rate<', 'rate<x', 'mean<5'];
    for (const wrong of [...wrongs, 'rate=<1', '1<rate', 'rate<1 and count>0', 'rate<1%']) {
      assert.throws(
        () => parseThreshold(wrong),
        (error) => error instanceof RunError && error.exitCode === 104,
        wrong,
      );
    }
  });
});

describe('checkThreshold', () => {
  it('refuses a figure that the kind of the metric does not have', () => {
    const takes = (text: string, kind: MetricKind) => () =>
      checkThreshold(parseThreshold(text), metricOf(kind, []));
    takes('p(99)<50', 'trend')();
    takes('rate<1', 'rate')();
    takes('rate>1', 'counter')();
    takes('value<1', 'gauge')();
    assert.throws(takes('p(99)<50', 'rate'), /'p\(99\)<50' can't be said of 'it', a rate/);
    assert.throws(takes('count>1', 'trend'), /which has avg, min, med, max, p\(\.\.\)/);
    assert.throws(takes('rate>1', 'gauge'), RunError);
    assert.throws(takes('value>1', 'counter'), RunError);
  });
});

describe('evaluateThreshold', () => {
  it('compares at the bound itself', () => {
    const counter = metricOf('counter', [5]);
    const met = ['count<=5', 'count>=5', 'count==5', 'count===5', 'count<6', 'count>4', 'count!=4'];
    for (const text of met) assert.ok(isMet(text, counter), text);
    const missed = ['count<5', 'count>5', 'count!=5', 'count==4'];
    for (const text of missed) assert.ok(!isMet(text, counter), text);
  });

  it('knows a rate of a counter by the time that the test has run', () => {
    const counter = metricOf('counter', [10, 10]);
    assert.ok(isMet('rate==10', counter, 2_000));
    assert.ok(isMet('rate==2', counter, 10_000));
  });

  it('takes percentiles of a trend by nearest rank', () => {
    const trend = metricOf(
      'trend',
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    assert.ok(isMet('p(99)<=99.1', trend) && isMet('p(99)>=99', trend));
    assert.ok(isMet('med>=50', trend) && isMet('med<50.1', trend));
    assert.ok(isMet('avg==50.5', trend) && isMet('min==1', trend) && isMet('max==100', trend));
  });

  it('passes a share of nothing and judges counts, gauges and trends of nothing as 0, as k6 does', () => {
    assert.ok(isMet('rate<0.01', metricOf('rate', [])));
    assert.ok(isMet('rate>0.01', metricOf('rate', [])));
    assert.ok(!isMet('count>0', metricOf('counter', [])));
    assert.ok(isMet('p(99)<50', metricOf('trend', [])));
  });

  it('takes the share of samples that are not 0', () => {
    const rate = metricOf('rate', [1, 0, 0, 2]);
    assert.equal(evaluateThreshold(parseThreshold('rate<1'), rate, 1).value, 0.5);
  });
});

describe('parseSelector', () => {
  it('reads a metric, and tags with and without quotes', () => {
    assert.deepEqual(parseSelector('iterations'), { metric: 'iterations', tags: {} });
    assert.deepEqual(parseSelector('t{scenario:steady, "name":\'a:b\'}'), {
      metric: 't',
      tags: { scenario: 'steady', name: 'a:b' },
    });
  });
  it('refuses braces and tags that are malformed', () => {
    for (const wrong of ['', 't{', 't}', 't{}', 't{a}', 't{a:}', 't{a:b}c', '{a:b}']) {
      assert.throws(() => parseSelector(wrong), RunError, wrong);
    }
  });
});

describe('MetricRegistry', () => {
  it('gives a selector only the samples that carry its tags', () => {
    const registry = new MetricRegistry();
    const whole = registry.define('answers', 'counter');
    const part = registry.select(parseSelector('answers{tier:model,scenario:a}'));
    registry.add(whole, 1, { tier: 'model', scenario: 'a' });
    registry.add(whole, 1, { tier: 'model', scenario: 'b' });
    registry.add(whole, 1, {});
    assert.deepEqual(
      [whole.sink, part?.sink].map((sink) => sink?.kind === 'counter' && sink.count),
      [3, 1],
    );
    assert.equal(registry.select(parseSelector('answers{scenario:a,tier:model}')), part);
    assert.equal(registry.select(parseSelector('nothing{a:b}')), undefined);
  });
  it('refuses a second metric of one name and another kind, and names that k6 refuses', () => {
    const registry = new MetricRegistry();
    registry.define('answers', 'counter');
    assert.equal(registry.define('answers', 'counter').name, 'answers');
    assert.throws(() => registry.define('answers', 'rate'), /is a counter of default already/);
    for (const wrong of ['', '1a', 'a b', 'a-b']) {
      assert.throws(() => registry.define(wrong, 'rate'), TypeError);
    }
  });
});

describe('parseTrendStat', () => {
  it('reads the figures of a summary, and nothing else', () => {
    assert.deepEqual(parseTrendStat('p(99.9)'), { name: 'p', percent: 99.9 });
    assert.deepEqual(parseTrendStat('med'), { name: 'med' });
    for (const wrong of ['p99', 'p(101)', 'mean', ''])
      assert.equal(parseTrendStat(wrong), undefined);
  });
});
