import type { InferBatch__Output } from '../../gen/mlmesh/prediction/v1/InferBatch.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { invalidField } from '../../shared/platform/grpc/validate.ts';
import type { InferPriority } from '../core/infer-job.ts';
import { isRowModel, type ServableSpec, servableId } from '../core/servable-spec.ts';

// The limit of the contract.
const rowsMax = 1_024;
const float32Bytes = 4;

/**
 * Checks a batch against the version that it names.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD or TENSOR_SHAPE; FAILED_PRECONDITION / FEATURE_SET_UNKNOWN.
 */
export function checkBatch(batch: InferBatch__Output, spec: ServableSpec): void {
  const { rows, features, budgetMs } = batch;
  if (!Number.isInteger(rows) || rows < 1 || rows > rowsMax) {
    throw invalidField('rows', `1 to ${rowsMax}`, String(rows));
  }
  // A negative budget is no error: the frame was long under way, and the rows are dropped as late.
  if (!Number.isFinite(budgetMs))
    throw invalidField('budget_ms', 'finite milliseconds', String(budgetMs));
  assertRowModel(spec);
  const columns = spec.inputs[0]?.shape[1] ?? 0;
  const bytes = rows * columns * float32Bytes;
  if (features.length !== bytes) {
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'TENSOR_SHAPE',
      message: `wanted ${bytes} bytes of features for ${servableId(spec)} (${rows} rows x ${columns} float32), got ${features.length}`,
    });
  }
  if (batch.featureSetHash !== spec.featureSetHash) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'FEATURE_SET_UNKNOWN',
      message: `${servableId(spec)} takes rows of the feature set ${spec.featureSetHash}, got rows of ${batch.featureSetHash || 'none'}`,
    });
  }
}

function assertRowModel(spec: ServableSpec): void {
  if (isRowModel(spec)) return;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'FEATURE_SET_UNKNOWN',
    message: `${servableId(spec)} is bound to no feature set; ask it by ModelInfer of inference.GRPCInferenceService`,
  });
}

/** Gives the queue that a batch waits in. */
export function priorityOf({ priority }: InferBatch__Output): InferPriority {
  switch (priority) {
    case 'PRIORITY_SHADOW':
      return 'shadow';
    case 'PRIORITY_UNSPECIFIED':
    case 'PRIORITY_PRODUCTION':
      return 'production';
  }
}
