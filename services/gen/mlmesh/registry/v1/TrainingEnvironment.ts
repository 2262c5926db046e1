// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * On what a version was trained: what may change its bits beside data, hyperparameters and code.
 */
export interface TrainingEnvironment {
  /**
   * What ran the trainer, with its version: `node 20.20.0` or `Python 3.11.7`; 1 to 500 characters.
   */
  'runtime'?: (string);
  /**
   * Operating system and processor, such as `linux 6.1 x64`; 1 to 500 characters.
   */
  'system'?: (string);
  /**
   * Packages with their versions, sorted, such as `lightgbm==4.7.0`; at most 2,000.
   */
  'packages'?: (string)[];
  /**
   * Command of an external trainer, its arguments after it; empty for a trainer of mlmesh itself.
   */
  'command'?: (string)[];
  /**
   * SHA-256 of each file of an external trainer by its path, 64 hexadecimal digits; empty for a trainer of mlmesh itself.
   */
  'files'?: ({[key: string]: string});
}

/**
 * On what a version was trained: what may change its bits beside data, hyperparameters and code.
 */
export interface TrainingEnvironment__Output {
  /**
   * What ran the trainer, with its version: `node 20.20.0` or `Python 3.11.7`; 1 to 500 characters.
   */
  'runtime': (string);
  /**
   * Operating system and processor, such as `linux 6.1 x64`; 1 to 500 characters.
   */
  'system': (string);
  /**
   * Packages with their versions, sorted, such as `lightgbm==4.7.0`; at most 2,000.
   */
  'packages': (string)[];
  /**
   * Command of an external trainer, its arguments after it; empty for a trainer of mlmesh itself.
   */
  'command': (string)[];
  /**
   * SHA-256 of each file of an external trainer by its path, 64 hexadecimal digits; empty for a trainer of mlmesh itself.
   */
  'files': ({[key: string]: string});
}
