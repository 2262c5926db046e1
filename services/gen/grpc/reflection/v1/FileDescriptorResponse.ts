// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * Gives proto files.
 */
export interface FileDescriptorResponse {
  /**
   * Each a serialized google.protobuf.FileDescriptorProto.
   */
  'fileDescriptorProto'?: (Buffer | Uint8Array | string)[];
}

/**
 * Gives proto files.
 */
export interface FileDescriptorResponse__Output {
  /**
   * Each a serialized google.protobuf.FileDescriptorProto.
   */
  'fileDescriptorProto': (Buffer)[];
}
