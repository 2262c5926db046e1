import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { formatCount } from '../format.ts';
import type { CheckSubject, ModelProducer } from './check-subject.ts';
import { answersMin, judgeParity } from './judge-parity.ts';
import { findingsOf, type JudgedShadow, judgedRequestsMin } from './judge-shadow.ts';
import { assertUnseen, readPastRequests, replayPast } from './past-traffic.ts';
import { nameOf } from './provenance-producer.ts';

/** Requests of the past that are sent where callers have not sent enough: what non-inferiority at a hundredth takes, and some more. */
const pastRequests = 4_000;
/** A shadow has answered within a second; the log has it a little later. */
const settledMsMax = 20_000;
const quietMs = 1_500;
const pollMs = durationMs(250);
/** 7 days, for which evidence of a shadow holds: older traffic was answered by another world. */
const trafficAgeMsMax = 7 * 86_400_000;

/** Compares what a shadow answered with what callers got; where that is too little, requests of the past are sent first. */
export const shadowProducer: ModelProducer = {
  needs: 'model',
  kinds: ['shadow-coverage', 'shadow-agreement', 'shadow-quality', 'calibration', 'shadow-latency'],
  doing: 'comparing the shadow',
  async run(subject) {
    let requestsMax = 0;
    if (subject.isPastWanted || !isEnough(await compare(subject, 0))) {
      assertShadow(subject);
      const { trainingData } = subject.provenance;
      if (trainingData !== null) assertUnseen(trainingData, subject.model.pipeline.validate);
      const sent = await replayPast(subject, await readPastRequests(subject, requestsFor(subject)));
      // What was measured before, on a machine that had other work, is not to count again.
      requestsMax = subject.isPastWanted ? sent : 0;
      await untilSettled(subject, requestsMax);
    }
    const judged = await judge(subject, requestsMax);
    const inputDigests = {
      artifact: subject.provenance.artifactDigest,
      gate_policy: judged.policyDigest,
    };
    const { baselineVersion } = subject;
    return findingsOf(judged).map((finding) => ({ ...finding, inputDigests, baselineVersion }));
  },
};

/** The newest answers are audited, and no more: an audit of all takes minutes. */
const answersMax = 5_000;
const auditMs = durationMs(600_000);

/** Has the answers of the version's feature set computed again; where there are too few, requests of the past are sent first. */
export const parityProducer: ModelProducer = {
  needs: 'model',
  kinds: ['parity'],
  doing: 'computing answers again',
  async run(subject) {
    let audit = await auditAnswers(subject);
    if (audit.answers < answersMin && audit.mismatches === 0) {
      await replayPast(subject, await readPastRequests(subject, requestsFor(subject)));
      audit = await auditAnswers(subject);
    }
    const { answers, cells, mismatches } = audit;
    return [
      {
        kind: 'parity',
        ...judgeParity(audit),
        figures: { answers, cells, mismatches },
        inputDigests: { feature_set: featureSetOf(subject) },
        baselineVersion: 0,
      },
    ];
  },
};

/** Gives how many requests of the past leave {@link pastRequests} that a version answers: control has its share of them. */
function requestsFor({ model }: CheckSubject): number {
  return Math.ceil(pastRequests / Math.max(0.1, 1 - model.policy.control.share));
}

async function auditAnswers({ connection, signal, report, ...subject }: CheckSubject) {
  const request = { featureSetHash: featureSetOf(subject), limit: answersMax };
  const options = { signal, timeoutMs: auditMs };
  let found = { answers: 0, cells: 0, mismatches: 0 };
  for await (const { progress, summary } of connection.feature.auditAnswers(request, options)) {
    if (progress && progress.total > 0) {
      report(progress.done / progress.total, `${formatCount(progress.done)} answers`);
    }
    if (summary) {
      const { answers, cells, mismatches } = summary;
      found = { answers, cells, mismatches };
    }
  }
  return found;
}

function featureSetOf({ provenance }: Pick<CheckSubject, 'provenance'>): string {
  return provenance.signature?.featureSetHash ?? '';
}

/** Which requests of a shadow are meant: the newest, at most so many; 0 means as many as the monitor looks at by itself. */
function wanted(subject: CheckSubject, requestsMax: number) {
  const { model, version, baselineVersion, clock } = subject;
  const receivedFromMs = Math.max(0, Math.floor(clock.epoch()) - trafficAgeMsMax);
  return { model: model.name, version, baselineVersion, requestsMax, receivedFromMs };
}

function compare(subject: CheckSubject, requestsMax: number): Promise<ShadowCounts> {
  const { connection, signal } = subject;
  return connection.monitor.getComparison(wanted(subject, requestsMax), { signal });
}

function judge(subject: CheckSubject, requestsMax: number): Promise<JudgedShadow> {
  const { connection, signal } = subject;
  return connection.monitor.judgeShadow(wanted(subject, requestsMax), { signal });
}

/** How much a comparison rests on. */
interface ShadowCounts {
  readonly expected: number;
  readonly answered: number;
  readonly labelled: number;
  readonly shadowP99Ms: number;
}

function isEnough({ expected, labelled }: ShadowCounts): boolean {
  return expected >= judgedRequestsMin.requests && labelled >= judgedRequestsMin.labelled;
}

/** Waits until no more comes: what has not come by then is missing. */
async function untilSettled(subject: CheckSubject, requestsMax: number): Promise<void> {
  const { clock, signal } = subject;
  const startedMs = clock.monotonic();
  let last = { seen: '', sinceMs: startedMs };
  for (;;) {
    const { expected, answered, labelled, shadowP99Ms } = await compare(subject, requestsMax);
    const nowMs = clock.monotonic();
    const seen = [expected, answered, labelled, shadowP99Ms].join(' ');
    if (seen !== last.seen) last = { seen, sinceMs: nowMs };
    if (nowMs - last.sinceMs > quietMs || nowMs - startedMs > settledMsMax) return;
    await clock.sleep(pollMs, signal);
  }
}

function assertShadow(subject: CheckSubject): void {
  if (subject.isShadow) return;
  const { model, version } = subject;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'MODEL_NOT_READY',
    message: `${nameOf(subject)} is no shadow, so it is not asked what callers ask; make it one first: \`mlmesh models promote ${model.name}@${version} --alias shadow --reason "..."\``,
  });
}
