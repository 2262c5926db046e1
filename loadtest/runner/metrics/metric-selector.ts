import { invalidOptions } from '../run-error.ts';

/** Tags of a sample, by name. */
export type Tags = Readonly<Record<string, string>>;

/** A metric as a threshold names it: all of it, or the samples that carry the tags. */
export interface MetricSelector {
  readonly metric: string;
  readonly tags: Tags;
}

/**
 * Reads what a threshold is about: `grpc_req_duration`, or `grpc_req_duration{scenario:steady,status:0}`.
 * @throws {RunError} when braces or tags are malformed
 * @source https://grafana.com/docs/k6/latest/using-k6/thresholds/#threshold-syntax (thresholds on tags)
 */
export function parseSelector(text: string): MetricSelector {
  const [, metric, list] = /^([^{}]+)(?:\{(.*)\})?$/.exec(text.trim()) ?? [];
  if (metric === undefined) throw malformed(text);
  if (list === undefined) return { metric, tags: {} };
  const tags = list.split(',').map((pair) => {
    const [, name, value] = /^([^:]+):(.+)$/.exec(pair.trim()) ?? [];
    if (name === undefined || value === undefined) throw malformed(text);
    return [unquoted(name), unquoted(value)] as const;
  });
  return { metric, tags: Object.fromEntries(tags) };
}

/** Whether tags hold all wanted ones. */
export function matches(wanted: Tags, tags: Tags): boolean {
  for (const name in wanted) if (wanted[name] !== tags[name]) return false;
  return true;
}

function unquoted(text: string): string {
  return text.trim().replace(/^["']+|["']+$/g, '');
}

function malformed(text: string): Error {
  return invalidOptions(
    `thresholds: wanted a metric such as 'grpc_req_duration' or 'grpc_req_duration{scenario:steady}', got '${text}'`,
  );
}
