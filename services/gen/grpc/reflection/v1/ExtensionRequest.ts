// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * Names an extension.
 */
export interface ExtensionRequest {
  /**
   * Full name of the extended message.
   */
  'containingType'?: (string);
  /**
   * Field number.
   */
  'extensionNumber'?: (number);
}

/**
 * Names an extension.
 */
export interface ExtensionRequest__Output {
  /**
   * Full name of the extended message.
   */
  'containingType': (string);
  /**
   * Field number.
   */
  'extensionNumber': (number);
}
