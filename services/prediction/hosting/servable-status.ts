import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { LaneCounts } from '../core/infer-lane.ts';
import type { ServableSpec } from '../core/servable-spec.ts';
import type { ServableState } from '../core/servable-state.ts';
import { memoryBytesOf, type ServableRole } from '../core/wanted-set.ts';
import type { HostedServable } from './hosted-servable.ts';

/** State of one hosted version. */
export interface ServableStatus {
  readonly model: string;
  readonly version: number;
  /** The part that it plays; the first of its aliases, or `requested`. */
  readonly role: ServableRole;
  /** What it needs to be served, or why it cannot be. */
  readonly spec: ServableSpec | MeshError;
  readonly state: ServableState;
  readonly error: MeshError | undefined;
  readonly backend: string;
  /** Bytes of memory that one session of it may take. */
  readonly memoryBytes: number;
  /** Undefined while it has not been ready. */
  readonly counts: LaneCounts | undefined;
}

/** Gives the state of a hosted version. */
export function statusOf(hosted: HostedServable): ServableStatus {
  const { wanted, role, state, error, backend, lane } = hosted;
  return {
    model: wanted.model,
    version: wanted.version,
    role,
    spec: wanted.spec,
    state,
    error,
    backend,
    memoryBytes: memoryBytesOf(wanted),
    counts: lane?.counts,
  };
}

/** Orders by the name of the model, then by the number of the version. */
export function byModelAndVersion(left: ServableStatus, right: ServableStatus): number {
  if (left.model !== right.model) return left.model < right.model ? -1 : 1;
  return left.version - right.version;
}
