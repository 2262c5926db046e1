import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Metric } from '../metrics/metric.ts';
import { parseThreshold } from '../metrics/threshold.ts';
import type { FinishedRun } from '../script/run-script.ts';
import { formatMs, formatShare, formatValue } from './format-value.ts';
import { htmlReport } from './html-report.ts';
import { renderSummary } from './render-summary.ts';
import { svgChart } from './svg-chart.ts';
import { Timeline } from './timeline.ts';

const duration = new Metric('grpc_req_duration', 'trend', 'time');
const rate = new Metric('failed', 'rate', 'default');
const plan = (selector: string, text: string) => ({
  selector,
  expression: parseThreshold(text),
  abortOnFail: false,
  delayAbortEvalMs: 0,
});

function finishedRun(timeline: FinishedRun['summary']['timeline']): FinishedRun {
  const late = { plan: plan('grpc_req_duration', 'p(99)<50'), metric: duration };
  return {
    summary: {
      root_group: {
        name: '',
        path: '',
        groups: [],
        checks: [{ name: 'has a <b>', path: '::x', passes: 3, fails: 1 }],
      },
      options: { summaryTrendStats: ['med', 'p(99)'] },
      state: { testRunDurationMs: 90_000 },
      metrics: {
        grpc_req_duration: {
          type: 'trend',
          contains: 'time',
          values: { med: 0.25, 'p(99)': 81.5 },
        },
        data_sent: { type: 'counter', contains: 'data', values: { count: 2_500, rate: 27.7 } },
        failed: { type: 'rate', contains: 'default', values: { rate: 0.25, passes: 1, fails: 3 } },
        vus: { type: 'gauge', contains: 'default', values: { value: 2, min: 1, max: 5 } },
      },
      script: 'a<b>.ts',
      isPassed: false,
      scenarios: [
        { name: 'it', executor: 'e', started: 4, completed: 4, interrupted: 0, dropped: 1 },
      ],
      thrown: { 'no such thing': 2 },
      timeline,
    },
    thresholds: [
      { ...late, isMet: false, value: 81.5 },
      { plan: plan('failed', 'rate<0.5'), metric: rate, isMet: true, value: 0.25 },
      { plan: plan('failed', 'rate<0.6'), metric: rate, isMet: true, value: undefined },
    ],
    abortedBy: late,
    isInterrupted: false,
    ownSummary: undefined,
  };
}

describe('renderSummary', () => {
  it('shows thresholds, checks and metrics in their groups, with units', () => {
    const text = renderSummary(finishedRun([]));
    assert.match(text, /✓ 'rate<0\.5' rate=25%\n/);
    assert.match(text, /✓ 'rate<0\.6' rate=nothing to judge\n/);
    assert.match(text, /✗ 'p\(99\)<50' p\(99\)=81\.5ms/);
    assert.match(text, /✗ has a <b>: 75%, 3 of 4/);
    assert.match(text, /CUSTOM\n {4}failed \.+: 25% {2}1 of 4\n/);
    assert.match(text, /GRPC\n {4}grpc_req_duration \.+: med=250µs p\(99\)=81\.5ms\n/);
    assert.match(text, /EXECUTION\n {4}vus \.+: 2 {2}min=1 max=5\n/);
    assert.match(text, /NETWORK\n {4}data_sent \.+: 2\.5 kB {2}28 B\/s\n/);
    assert.match(text, /2 x no such thing/);
  });
});

describe('format', () => {
  it('chooses units by size', () => {
    const shown = [0, 0.25, 1, 999.5, 1_500, 90_000].map(formatMs);
    assert.deepEqual(shown, ['0ms', '250µs', '1ms', '999.5ms', '1.5s', '1m30s']);
    assert.equal(formatShare(0.12345), '12.35%');
    assert.equal(formatValue(1_234_567, 'default'), '1,234,567');
    assert.equal(formatValue(1_234_567, 'data'), '1.2 MB');
  });
});

describe('Timeline', () => {
  it('says what happened in each interval, and leaves gaps where nothing did', () => {
    const timeline = new Timeline();
    const iterations = new Metric('iterations', 'counter', 'default');
    const answers = new Metric('answers', 'counter', 'default');
    const it_ = { scenario: 'it' };
    for (let ms = 1; ms <= 100; ms += 1) {
      timeline.observe(duration, ms, { ...it_, status: ms > 90 ? '14' : '0' });
    }
    timeline.observe(duration, 5_000, { status: '0' }); // of setup
    timeline.observe(iterations, 1, it_);
    timeline.observe(answers, 1, { ...it_, tier: 'model' });
    timeline.observe(answers, 3, { ...it_, tier: 'rules' });
    const now = { busyUsers: 3, wantedPerS: (ms: number) => ms };
    timeline.cut(2_000, now);
    timeline.cut(3_000, now);
    const [first, second] = timeline.points;
    assert.equal(first?.latency?.max, 100);
    assert.ok(Math.abs((first.latency.p90 ?? 0) - 90) < 0.1);
    assert.deepEqual(
      [first.failedShare, first.iterationsPerS, first.wantedPerS, first.tiersPerS],
      [0.1, 0.5, 1_000, { model: 0.5, rules: 1.5 }],
    );
    assert.deepEqual(
      [second?.latency, second?.failedShare, second?.iterationsPerS, second?.wantedPerS],
      [undefined, undefined, 0, 2_500],
    );
  });
});

describe('svgChart', () => {
  it('breaks a line where there is no value, and says the values of each point', () => {
    const svg = svgChart({
      title: 'x & y',
      unit: 'ms',
      atMs: [1_000, 2_000, 3_000, 4_000],
      lines: [{ name: 'p99', tone: 'a', values: [10, undefined, 30, 40] }],
      bound: 50,
    });
    const [, path] = /class="line a" d="([^"]+)"/.exec(svg) ?? [];
    assert.deepEqual(path?.match(/[ML]/g), ['M', 'M', 'L']);
    assert.match(svg, /x &amp; y/);
    assert.match(svg, /<title>2 s\np99: none ms<\/title>/);
    assert.match(svg, /objective 50 ms/);
  });
  it('is drawn of nothing too', () => {
    const svg = svgChart({ title: 'x', unit: 'ms', atMs: [], lines: [] });
    assert.doesNotMatch(svg, /NaN|Infinity/);
  });
});

describe('htmlReport', () => {
  it('is whole by itself, and shows texts as texts', () => {
    const point = {
      atMs: 1_000,
      wantedPerS: 10,
      iterationsPerS: 9,
      droppedPerS: 1,
      failedShare: 0,
      latency: { p50: 1, p90: 2, p99: 3, max: 4 },
      tiersPerS: { model: 9 },
      busyUsers: 1,
    };
    const html = htmlReport(finishedRun([point]), new Date(0));
    assert.match(html, /<title>Load test: a&lt;b&gt;\.ts<\/title>/);
    assert.match(html, /a threshold failed/);
    assert.match(html, /ended before its time by 'p\(99\)&lt;50' of grpc_req_duration/);
    assert.equal(html.match(/<svg/g)?.length, 5);
    assert.doesNotMatch(html, /NaN|<script|https?:|undefined/);
  });
});
