// Original file: proto/grpc/reflection/v1/reflection.proto

import type { ServerReflectionRequest as _grpc_reflection_v1_ServerReflectionRequest, ServerReflectionRequest__Output as _grpc_reflection_v1_ServerReflectionRequest__Output } from '../../../grpc/reflection/v1/ServerReflectionRequest.ts';
import type { FileDescriptorResponse as _grpc_reflection_v1_FileDescriptorResponse, FileDescriptorResponse__Output as _grpc_reflection_v1_FileDescriptorResponse__Output } from '../../../grpc/reflection/v1/FileDescriptorResponse.ts';
import type { ExtensionNumberResponse as _grpc_reflection_v1_ExtensionNumberResponse, ExtensionNumberResponse__Output as _grpc_reflection_v1_ExtensionNumberResponse__Output } from '../../../grpc/reflection/v1/ExtensionNumberResponse.ts';
import type { ListServiceResponse as _grpc_reflection_v1_ListServiceResponse, ListServiceResponse__Output as _grpc_reflection_v1_ListServiceResponse__Output } from '../../../grpc/reflection/v1/ListServiceResponse.ts';
import type { ErrorResponse as _grpc_reflection_v1_ErrorResponse, ErrorResponse__Output as _grpc_reflection_v1_ErrorResponse__Output } from '../../../grpc/reflection/v1/ErrorResponse.ts';

/**
 * One answer.
 */
export interface ServerReflectionResponse {
  /**
   * Host that was asked.
   */
  'validHost'?: (string);
  /**
   * The question.
   */
  'originalRequest'?: (_grpc_reflection_v1_ServerReflectionRequest | null);
  /**
   * The file that was asked for, and all that it imports.
   */
  'fileDescriptorResponse'?: (_grpc_reflection_v1_FileDescriptorResponse | null);
  /**
   * Numbers of extensions.
   */
  'allExtensionNumbersResponse'?: (_grpc_reflection_v1_ExtensionNumberResponse | null);
  /**
   * All services.
   */
  'listServicesResponse'?: (_grpc_reflection_v1_ListServiceResponse | null);
  /**
   * Why there is no answer.
   */
  'errorResponse'?: (_grpc_reflection_v1_ErrorResponse | null);
  /**
   * The answer.
   */
  'messageResponse'?: "fileDescriptorResponse"|"allExtensionNumbersResponse"|"listServicesResponse"|"errorResponse";
}

/**
 * One answer.
 */
export interface ServerReflectionResponse__Output {
  /**
   * Host that was asked.
   */
  'validHost': (string);
  /**
   * The question.
   */
  'originalRequest': (_grpc_reflection_v1_ServerReflectionRequest__Output | null);
  /**
   * The file that was asked for, and all that it imports.
   */
  'fileDescriptorResponse'?: (_grpc_reflection_v1_FileDescriptorResponse__Output | null);
  /**
   * Numbers of extensions.
   */
  'allExtensionNumbersResponse'?: (_grpc_reflection_v1_ExtensionNumberResponse__Output | null);
  /**
   * All services.
   */
  'listServicesResponse'?: (_grpc_reflection_v1_ListServiceResponse__Output | null);
  /**
   * Why there is no answer.
   */
  'errorResponse'?: (_grpc_reflection_v1_ErrorResponse__Output | null);
  /**
   * The answer.
   */
  'messageResponse'?: "fileDescriptorResponse"|"allExtensionNumbersResponse"|"listServicesResponse"|"errorResponse";
}
