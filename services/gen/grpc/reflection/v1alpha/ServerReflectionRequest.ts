// Original file: proto/grpc/reflection/v1alpha/reflection.proto

import type { ExtensionRequest as _grpc_reflection_v1alpha_ExtensionRequest, ExtensionRequest__Output as _grpc_reflection_v1alpha_ExtensionRequest__Output } from '../../../grpc/reflection/v1alpha/ExtensionRequest.ts';

/**
 * One question.
 */
export interface ServerReflectionRequest {
  /**
   * Host that is asked; not looked at.
   */
  'host'?: (string);
  /**
   * The proto file of this name.
   */
  'fileByFilename'?: (string);
  /**
   * The proto file that declares this symbol, such as mlmesh.router.v1.RouterService.
   */
  'fileContainingSymbol'?: (string);
  /**
   * The proto file that declares an extension; mlmesh has none.
   */
  'fileContainingExtension'?: (_grpc_reflection_v1alpha_ExtensionRequest | null);
  /**
   * Numbers of all extensions of this type; mlmesh has none.
   */
  'allExtensionNumbersOfType'?: (string);
  /**
   * All services; the text is not looked at.
   */
  'listServices'?: (string);
  /**
   * The question.
   */
  'messageRequest'?: "fileByFilename"|"fileContainingSymbol"|"fileContainingExtension"|"allExtensionNumbersOfType"|"listServices";
}

/**
 * One question.
 */
export interface ServerReflectionRequest__Output {
  /**
   * Host that is asked; not looked at.
   */
  'host': (string);
  /**
   * The proto file of this name.
   */
  'fileByFilename'?: (string);
  /**
   * The proto file that declares this symbol, such as mlmesh.router.v1.RouterService.
   */
  'fileContainingSymbol'?: (string);
  /**
   * The proto file that declares an extension; mlmesh has none.
   */
  'fileContainingExtension'?: (_grpc_reflection_v1alpha_ExtensionRequest__Output | null);
  /**
   * Numbers of all extensions of this type; mlmesh has none.
   */
  'allExtensionNumbersOfType'?: (string);
  /**
   * All services; the text is not looked at.
   */
  'listServices'?: (string);
  /**
   * The question.
   */
  'messageRequest'?: "fileByFilename"|"fileContainingSymbol"|"fileContainingExtension"|"allExtensionNumbersOfType"|"listServices";
}
