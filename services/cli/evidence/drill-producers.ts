import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { formatDuration } from '../format.ts';
import { tierOf } from '../rpc/wire-names.ts';
import { type CheckSubject, knownVersion, type ModelProducer } from './check-subject.ts';
import {
  type DrillAnswer,
  drillRequests,
  type JudgedDrill,
  judgeDrill,
  worseOf,
} from './judge-drill.ts';
import { type PastRequest, readDrillRequests } from './past-traffic.ts';
import { policyDigest } from './policy-digest.ts';
import { brokenOf } from './provenance-producer.ts';
import { verifyVersion } from './version-blobs.ts';

/** Makes the version hang on the router, for requests of its own, and then the fallback model as well. */
export const fallbackDrill: ModelProducer = {
  needs: 'model',
  kinds: ['fallback-drill'],
  doing: 'making it hang',
  async run(subject) {
    const { version, fallbackVersion, model } = subject;
    const { verdict, figures, statement } = await drillChain(subject, {
      version,
      fault: 'FAULT_MODEL_HANGS',
      isFallbackNext: model.policy.onModelTimeout === 'fallback',
    });
    return [
      {
        kind: 'fallback-drill',
        verdict,
        figures,
        statement: `while it hung, ${statement}`,
        inputDigests: inputsOf(subject),
        baselineVersion: fallbackVersion,
      },
    ];
  },
};

interface ChainWish {
  readonly version: number;
  /** What keeps the model from answering; undefined when there is none to answer. */
  readonly fault: 'FAULT_MODEL_HANGS' | undefined;
  /** Whether the policy has the fallback model follow, or the rules at once. */
  readonly isFallbackNext: boolean;
}

/** Has the fallback model answer, and then the rules, as far as the policy of the model lets them. */
async function drillChain(subject: CheckSubject, { version, fault, isFallbackNext }: ChainWish) {
  const { fallbackVersion, model } = subject;
  const requests = await readDrillRequests(subject, 2 * drillRequests);
  const half = Math.ceil(requests.length / 2);
  const hung = await ask(subject, requests.slice(0, half), { version, ...(fault && { fault }) });
  // A policy may keep the rules from answering after the fallback.
  const isRulesNext = isFallbackNext && model.policy.onFallbackError === 'rules';
  const both = { version, fault: 'FAULT_MODEL_AND_FALLBACK_HANG' } as const;
  const last = isRulesNext ? await ask(subject, requests.slice(half), both) : [];
  const withinMs = await chainMs(subject);
  const rulesWish = { tier: 'rules', version: 0, withinMs };
  if (!isFallbackNext) {
    const rules = judgeDrill(hung, rulesWish);
    return { ...rules, figures: figuresOf('rules', rules) };
  }
  const fallback = judgeDrill(hung, { tier: 'fallback', version: fallbackVersion, withinMs });
  if (!isRulesNext) return { ...fallback, figures: figuresOf('fallback', fallback) };
  const rules = judgeDrill(last, rulesWish);
  return {
    verdict: worseOf(fallback.verdict, rules.verdict),
    figures: { ...figuresOf('fallback', fallback), ...figuresOf('rules', rules) },
    statement: `${fallback.statement}; while the fallback hung too, ${rules.statement}`,
  };
}

/** Verifies what a rollback leads to and has it answer on the router, for requests of its own, as if the rollback had been. */
export const rollbackDrill: ModelProducer = {
  needs: 'model',
  kinds: ['rollback-drill'],
  doing: 'going back',
  async run(subject) {
    const { baselineVersion } = subject;
    const rest = { kind: 'rollback-drill', inputDigests: inputsOf(subject), baselineVersion };
    try {
      const found =
        baselineVersion > 0
          ? await drillPrevious(subject, baselineVersion)
          : await drillFirst(subject);
      return [{ ...rest, ...found }];
    } catch (error) {
      return [{ ...rest, ...brokenOf(error) }];
    }
  },
};

/** The previous version is warm, verified, and answers. */
async function drillPrevious(subject: CheckSubject, target: number) {
  const { clock, budgetMs } = subject;
  await verifyVersion(subject, await knownVersion(subject, subject.model.name, target));
  const requests = await readDrillRequests(subject, drillRequests);
  const startedMs = clock.monotonic();
  const [first, ...others] = requests;
  const answers = await ask(subject, first === undefined ? [] : [first], { version: target });
  const firstMs = clock.monotonic() - startedMs;
  answers.push(...(await ask(subject, others, { version: target })));
  const wish = { tier: 'model', version: target, withinMs: budgetMs };
  const judged = judgeDrill(answers, wish);
  return {
    verdict: judged.verdict,
    figures: { target_version: target, first_answer_ms: firstMs, ...figuresOf('target', judged) },
    statement: `version ${target} is verified and loaded, its first answer came after ${formatDuration(firstMs)}; ${judged.statement}`,
  };
}

/** A first version goes back to the fallback model and the rules. */
async function drillFirst(subject: CheckSubject) {
  const { clock, fallbackVersion, model } = subject;
  if (fallbackVersion === 0) {
    return {
      verdict: 'fail' as const,
      figures: {},
      statement: 'there is neither a version before it nor a fallback model to go back to',
    };
  }
  await verifyVersion(subject, await knownVersion(subject, model.name, fallbackVersion));
  const startedMs = clock.monotonic();
  await ask(subject, await readDrillRequests(subject, 1), { version: 0 });
  const firstMs = clock.monotonic() - startedMs;
  const { verdict, figures, statement } = await drillChain(subject, {
    version: 0,
    fault: undefined,
    isFallbackNext: model.policy.onModelError === 'fallback',
  });
  return {
    verdict,
    figures: { target_version: 0, first_answer_ms: firstMs, ...figures },
    statement: `a first version goes back to the fallback model, version ${fallbackVersion}, which is verified: ${statement}`,
  };
}

/** A timer fires late by some ms where a machine has other work. */
const timerMs = 10;

/**
 * Gives the longest time to an answer of the chain: the model's budget, and twice the reserve, which the fallback may take. The reserve follows what the
 * fallback needed last.
 */
async function chainMs({ connection, model, budgetMs, reserveMs, signal }: CheckSubject) {
  const { models } = await connection.router.getRouting({ model: model.name }, { signal });
  return budgetMs + 2 * Math.max(reserveMs, models[0]?.reserveMs ?? 0) + timerMs;
}

function inputsOf({ provenance, model }: CheckSubject): Readonly<Record<string, string>> {
  return { artifact: provenance.artifactDigest, policy: policyDigest(model) };
}

/** Requests one after the other: each has the router to itself, but for its callers. */
async function ask(
  { connection, signal }: CheckSubject,
  requests: readonly PastRequest[],
  drill: {
    readonly version: number;
    readonly fault?: 'FAULT_MODEL_HANGS' | 'FAULT_MODEL_AND_FALLBACK_HANG';
  },
): Promise<DrillAnswer[]> {
  const answers: DrillAnswer[] = [];
  for (const { request } of requests) {
    try {
      const { response } = await connection.router.drill({ request, ...drill }, { signal });
      if (response === null) continue;
      const { tier, version, latency } = response;
      answers.push({ tier: tierOf(tier), version, totalMs: latency?.totalMs ?? 0 });
    } catch (error) {
      // The chain gave no answer at all: that counts as one by nobody, as late as can be.
      if (!(error instanceof MeshError) || signal.aborted) throw error;
      answers.push({ tier: 'rules', version: -1, totalMs: Number.MAX_VALUE });
    }
  }
  return answers;
}

function figuresOf(name: string, judged: JudgedDrill): Readonly<Record<string, number>> {
  return {
    [`${name}_share`]: judged.asWishedShare,
    [`${name}_in_time_share`]: judged.inTimeShare,
    [`${name}_p50_ms`]: judged.p50Ms,
    [`${name}_slowest_ms`]: judged.slowestMs,
  };
}
