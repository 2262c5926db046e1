// Original file: proto/mlmesh/registry/v1/registry_service.proto


/**
 * Where a model file came from that nobody here has trained.
 */
export interface Origin {
  /**
   * Where it was found, in one line: a package with its version, a URL, or a path; 1 to 500 characters.
   */
  'source'?: (string);
  /**
   * Path of the file, or of the folder that it was packed from, as it was named; 1 to 500 characters.
   */
  'path'?: (string);
  /**
   * SHA-256 of each file that was read, by its name, before anything was packed; 64 hexadecimal digits, 1 to 1,000 of them.
   */
  'files'?: ({[key: string]: string});
  /**
   * What is known of the data that it was trained on: `unknown`, or `declared`, where whoever registered it has said their digest.
   */
  'trainingData'?: (string);
  /**
   * SHA-256 of the training data as whoever registered it has declared it, 64 hexadecimal digits; empty where they are unknown.
   */
  'declaredDataHash'?: (string);
}

/**
 * Where a model file came from that nobody here has trained.
 */
export interface Origin__Output {
  /**
   * Where it was found, in one line: a package with its version, a URL, or a path; 1 to 500 characters.
   */
  'source': (string);
  /**
   * Path of the file, or of the folder that it was packed from, as it was named; 1 to 500 characters.
   */
  'path': (string);
  /**
   * SHA-256 of each file that was read, by its name, before anything was packed; 64 hexadecimal digits, 1 to 1,000 of them.
   */
  'files': ({[key: string]: string});
  /**
   * What is known of the data that it was trained on: `unknown`, or `declared`, where whoever registered it has said their digest.
   */
  'trainingData': (string);
  /**
   * SHA-256 of the training data as whoever registered it has declared it, 64 hexadecimal digits; empty where they are unknown.
   */
  'declaredDataHash': (string);
}
