import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { attributeFault, attributionText } from './attribute-fault.ts';
import {
  type AttributionInputs,
  attributionEvidence,
  storedAttribution,
} from './attribution-inputs.ts';

/** Two versions that do as well on the same requests; everything was looked at, and nothing found. */
const well: AttributionInputs = {
  version: 3,
  current: { requests: 15_000, errors: 30, timeouts: 15, slow: 150 },
  previous: { requests: 1_500, errors: 3, timeouts: 2, slow: 15 },
  triggers: '',
  lossPValue: 0.4,
  lossPairs: 900,
  asked: 3_000,
  peerFailures: 0,
  shadowAsked: 300,
  shadowPeerFailures: 0,
  silentServices: 0,
  audited: 3_000,
  mismatches: 0,
  windowsJudged: 1,
  inputsDrifting: 0,
  outputsMoved: 0,
};
const causeOf = (change: Partial<AttributionInputs>) =>
  attributeFault({ ...well, ...change }).cause;
const current = well.current;
const previous = well.previous;

describe('attributeFault', () => {
  /** What is planted, and who is to blame for it. */
  const table: readonly (readonly [string, Partial<AttributionInputs>, string])[] = [
    ['nothing', {}, 'none'],
    ['a version that fails', { current: { ...current, errors: 400 } }, 'model'],
    ['a version that is late', { current: { ...current, timeouts: 400 } }, 'model'],
    ['a version that is slow', { current: { ...current, slow: 900 } }, 'model'],
    ['a version that is wrong', { lossPValue: 0.001 }, 'model'],
    ['what only the guard sees', { triggers: 'hard notFinite' }, 'model'],
    ['features that differ', { mismatches: 1 }, 'features'],
    ['a service that is away', { peerFailures: 200 }, 'dependency'],
    ['a service that only shadows miss', { shadowPeerFailures: 200 }, 'dependency'],
    ['a service that is silent', { silentServices: 1 }, 'dependency'],
    [
      'an outage that both versions meet',
      { current: { ...current, errors: 3_000 }, previous: { ...previous, errors: 310 } },
      'dependency',
    ],
    ['inputs that drift', { inputsDrifting: 4 }, 'world'],
    ['outputs that move', { outputsMoved: 1 }, 'world'],
    ['drift of wrong features', { inputsDrifting: 4, mismatches: 9 }, 'features'],
    [
      'a bad version in an outage',
      { current: { ...current, errors: 900 }, peerFailures: 400 },
      'model and dependency',
    ],
    ['a first version', { previous: { requests: 0, errors: 0, timeouts: 0, slow: 0 } }, 'unknown'],
    ['nothing audited', { audited: 0 }, 'unknown'],
    ['no window', { windowsJudged: 0 }, 'unknown'],
    ['no traffic', { asked: 9, shadowAsked: 0 }, 'unknown'],
  ];
  for (const [planted, change, cause] of table) {
    it(`blames ${cause} for ${planted}`, () => assert.equal(causeOf(change), cause));
  }

  const counts = fc
    .record({
      requests: fc.nat(20_000),
      bad: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
    })
    .map(({ requests, bad }) => {
      const [errors = 0, timeouts = 0, slow = 0] = bad.map((share) => Math.floor(share * requests));
      return { requests, errors, timeouts, slow };
    });
  const share = fc.nat(5_000).chain((all) => fc.tuple(fc.constant(all), fc.nat(all)));
  const anything: fc.Arbitrary<AttributionInputs> = fc
    .record({
      ...{ current: counts, previous: counts, callers: share, shadows: share, audit: share },
      lossPValue: fc.double({ min: 0, max: 1, noNaN: true }),
      ...{ lossPairs: fc.nat(9_000), silentServices: fc.nat(2), inputsDrifting: fc.nat(9) },
      ...{ windowsJudged: fc.nat(1), outputsMoved: fc.nat(1) },
      triggers: fc.constantFrom('', 'fast errors'),
    })
    .map(({ callers, shadows, audit, ...others }) => ({
      ...{ version: 3, ...others },
      ...{ asked: callers[0], peerFailures: callers[1] },
      ...{ shadowAsked: shadows[0], shadowPeerFailures: shadows[1] },
      ...{ audited: audit[0], mismatches: audit[1] },
    }));

  it('says something of each cause, and the same from what was stored', () => {
    fc.assert(
      fc.property(anything, (inputs) => {
        const found = attributeFault(inputs);
        assert.deepEqual(
          found.findings.map(({ cause }) => cause),
          ['model', 'features', 'dependency', 'world'],
        );
        const blamed = found.findings.filter(({ verdict }) => verdict === 'blamed');
        for (const { cause } of blamed) assert.match(found.cause, new RegExp(cause));
        assert.equal(blamed.length === 0, ['none', 'unknown'].includes(found.cause));
        const evidence: unknown = JSON.parse(
          JSON.stringify(attributionEvidence(inputs, found.cause)),
        );
        const stored = storedAttribution(evidence as ReturnType<typeof attributionEvidence>);
        assert.deepEqual(stored, { inputs, cause: found.cause });
        assert.doesNotMatch(attributionText(found), /NaN|undefined/);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('never blames a version for what it has in common with the one before', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 2, max: 10 }), (inputs, times) => {
        const { requests, errors, timeouts, slow } = inputs.previous;
        const alike = {
          requests: requests * times,
          ...{ errors: errors * times, timeouts: timeouts * times, slow: slow * times },
        };
        const found = attributeFault({ ...inputs, current: alike, triggers: '', lossPValue: 1 });
        assert.notEqual(found.findings[0]?.verdict, 'blamed');
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('says who is to blame, who is cleared and what is open, with the numbers', () => {
    const found = attributeFault({
      ...well,
      current: { ...current, errors: 400 },
      windowsJudged: 0,
    });
    assert.equal(
      attributionText(found),
      'Who is to blame: the model. The model is to blame: worse on the same requests: errors 400 of 15000 against 3 of 1500; The feature pipeline is cleared: 3000 audited answers, equal bit for bit; ' +
        'What the versions depend on is cleared: 0 of 3000 requests and 0 of 300 of shadows failed at something that versions share; The world is open: no window was judged yet.',
    );
  });

  it('reads nothing from an alert without it', () =>
    assert.equal(storedAttribution({ a: 1 }), undefined));
});
