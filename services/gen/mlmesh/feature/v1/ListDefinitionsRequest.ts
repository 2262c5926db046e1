// Original file: proto/mlmesh/feature/v1/feature_service.proto


/**
 * Asks what is defined.
 */
export interface ListDefinitionsRequest {
}

/**
 * Asks what is defined.
 */
export interface ListDefinitionsRequest__Output {
}
