import type { DeleteEntityRequest__Output } from '../../gen/mlmesh/feature/v1/DeleteEntityRequest.ts';
import type { DeleteEntityResponse } from '../../gen/mlmesh/feature/v1/DeleteEntityResponse.ts';
import { requireText } from '../../shared/platform/grpc/validate.ts';
import type { FeatureService } from '../serving/feature-service.ts';

/** Longest reason, in UTF-16 units. */
const reasonCharsMax = 512;

/** Gives the handler of DeleteEntity. */
export function deleteHandler(
  service: FeatureService,
): (request: DeleteEntityRequest__Output) => Promise<DeleteEntityResponse> {
  return async ({ entity, keys, reason }) => {
    requireText(reason, 'reason', { charsMax: reasonCharsMax });
    return await service.deleteEntity(entity, new Map(Object.entries(keys)), reason);
  };
}
