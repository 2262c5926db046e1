import type { WeighedModel } from '../../shared/platform/inference/weigh-model.ts';
import type { Finding } from './finding.ts';

/** What a version says that one session of it needs. */
export interface DeclaredResources {
  readonly memoryBytes: number;
  readonly threads: number;
}

/** Calls from which on what was measured says something. */
const callsMin = 100;
// 0.5: the collector of the runtime works beside a call.
const threadsSlack = 0.5;
const mib = 1024 * 1024;

/** Holds what a version needed in a process of its own against what it declares. */
export function judgeResources(
  { baseBytes, openBytes, peakBytes, calls, wallMs, cpuMs, backend }: WeighedModel,
  declared: DeclaredResources,
): Pick<Finding, 'verdict' | 'figures' | 'statement'> {
  const sessionBytes = Math.max(0, peakBytes - baseBytes);
  const threadsUsed = wallMs > 0 ? cpuMs / wallMs : 0;
  const isWithin =
    sessionBytes <= declared.memoryBytes && threadsUsed <= declared.threads + threadsSlack;
  const time =
    calls === 0
      ? 'it takes no zeros, so it was not run'
      : `${threadsUsed.toFixed(2)} threads over ${calls} calls of ${((1_000 * cpuMs) / calls).toFixed(0)} us of CPU, where ${declared.threads} ${declared.threads === 1 ? 'is' : 'are'} declared`;
  return {
    verdict: !isWithin ? 'fail' : calls < callsMin ? 'inconclusive' : 'pass',
    figures: {
      session_bytes: sessionBytes,
      open_bytes: Math.max(0, openBytes - baseBytes),
      declared_bytes: declared.memoryBytes,
      threads_used: threadsUsed,
      declared_threads: declared.threads,
      calls,
      cpu_ms: cpuMs,
    },
    statement: `on ${backend} a session took ${(sessionBytes / mib).toFixed(1)} MiB at the most, where ${(declared.memoryBytes / mib).toFixed(1)} MiB are declared; ${time}`,
  };
}
