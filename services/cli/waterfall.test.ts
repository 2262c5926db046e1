import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderWaterfall, type WaterfallSpan } from './waterfall.ts';

const span = (change: Partial<WaterfallSpan>): WaterfallSpan => ({
  name: 'Predict',
  service: 'router',
  processId: 10,
  threadId: 0,
  startMs: 1_000,
  durationMs: 4,
  depth: 0,
  isLinked: false,
  isError: false,
  ...change,
});

describe('renderWaterfall', () => {
  it('draws each span where and when it ran, on one time line', () => {
    const text = renderWaterfall(
      [
        span({}),
        span({ name: 'features', depth: 1, service: 'feature', processId: 11, durationMs: 1 }),
        span({ name: 'run', depth: 1, processId: 12, threadId: 3, startMs: 1_001, durationMs: 2 }),
        span({ name: 'shadow', depth: 1, startMs: 1_004, isLinked: true, isError: true }),
      ],
      63,
    );
    assert.equal(
      text,
      `span                where                duration  0 to 8.00 ms
Predict             router 10             4.00 ms  ████████
  features          feature 11            1.00 ms  ██
  run               router 12/thread 3    2.00 ms    ████
  ~ shadow (error)  router 10             4.00 ms          ▒▒▒▒▒▒▒▒

4 spans in 3 processes and 3 threads
`,
    );
  });
  it('gives every span a bar, even one that took no time', () => {
    const text = renderWaterfall([span({ durationMs: 0 })]);
    assert.match(text, /0\.00 ms {2}█\n/);
  });
  it('says so when there is nothing', () => assert.equal(renderWaterfall([]), 'no spans\n'));
});
