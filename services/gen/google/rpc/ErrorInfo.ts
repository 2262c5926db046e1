// Original file: proto/google/rpc/error_details.proto


/**
 * Why a call failed, for machines.
 */
export interface ErrorInfo {
  /**
   * Constant within the domain.
   */
  'reason'?: (string);
  /**
   * Who defines the reason: `mlmesh`.
   */
  'domain'?: (string);
  /**
   * Ids, sizes and limits.
   */
  'metadata'?: ({[key: string]: string});
}

/**
 * Why a call failed, for machines.
 */
export interface ErrorInfo__Output {
  /**
   * Constant within the domain.
   */
  'reason': (string);
  /**
   * Who defines the reason: `mlmesh`.
   */
  'domain': (string);
  /**
   * Ids, sizes and limits.
   */
  'metadata': ({[key: string]: string});
}
