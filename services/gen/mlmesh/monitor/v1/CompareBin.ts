// Original file: proto/mlmesh/monitor/v1/judge.proto


/**
 * Outcomes of the requests whose probability lies in one part of the range.
 */
export interface CompareBin {
  /**
   * Requests.
   */
  'rows'?: (number | string);
  /**
   * Their mean probability, 0 to 1.
   */
  'meanProbability'?: (number | string);
  /**
   * Share of them that came true, 0 to 1.
   */
  'positiveRate'?: (number | string);
}

/**
 * Outcomes of the requests whose probability lies in one part of the range.
 */
export interface CompareBin__Output {
  /**
   * Requests.
   */
  'rows': (number);
  /**
   * Their mean probability, 0 to 1.
   */
  'meanProbability': (number);
  /**
   * Share of them that came true, 0 to 1.
   */
  'positiveRate': (number);
}
