// Original file: proto/grpc/reflection/v1alpha/reflection.proto


/**
 * Gives numbers of extensions.
 */
export interface ExtensionNumberResponse {
  /**
   * Full name of the extended message.
   */
  'baseTypeName'?: (string);
  /**
   * Field numbers.
   */
  'extensionNumber'?: (number)[];
}

/**
 * Gives numbers of extensions.
 */
export interface ExtensionNumberResponse__Output {
  /**
   * Full name of the extended message.
   */
  'baseTypeName': (string);
  /**
   * Field numbers.
   */
  'extensionNumber': (number)[];
}
