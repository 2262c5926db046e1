// Original file: proto/mlmesh/registry/v1/registry_service.proto

import type { TrainingData as _mlmesh_registry_v1_TrainingData, TrainingData__Output as _mlmesh_registry_v1_TrainingData__Output } from '../../../mlmesh/registry/v1/TrainingData.ts';
import type { ServingSignature as _mlmesh_registry_v1_ServingSignature, ServingSignature__Output as _mlmesh_registry_v1_ServingSignature__Output } from '../../../mlmesh/registry/v1/ServingSignature.ts';
import type { ResourceRequirements as _mlmesh_registry_v1_ResourceRequirements, ResourceRequirements__Output as _mlmesh_registry_v1_ResourceRequirements__Output } from '../../../mlmesh/registry/v1/ResourceRequirements.ts';
import type { TrainingEnvironment as _mlmesh_registry_v1_TrainingEnvironment, TrainingEnvironment__Output as _mlmesh_registry_v1_TrainingEnvironment__Output } from '../../../mlmesh/registry/v1/TrainingEnvironment.ts';
import type { Origin as _mlmesh_registry_v1_Origin, Origin__Output as _mlmesh_registry_v1_Origin__Output } from '../../../mlmesh/registry/v1/Origin.ts';

/**
 * Everything that is known of how a version came to be. Every field is required unless it says otherwise. A version that was not trained
 * here has an origin, and nothing of what nobody here can know: training_data and environment are absent, code_commit, trained_by and the
 * digests of profile, golden requests, manifest and evaluation empty, trained_at_ms 0; metrics may be empty.
 */
export interface Provenance {
  /**
   * SHA-256 of the artifact, 64 hexadecimal digits.
   */
  'artifactDigest'?: (string);
  /**
   * Bytes of the artifact, 1 to 2^31 - 1.
   */
  'artifactBytes'?: (number | string);
  /**
   * Format of the artifact: `onnx`, `tfjs` or `saved-model`, which is a folder in one file.
   */
  'artifactFormat'?: (string);
  /**
   * What it was trained on.
   */
  'trainingData'?: (_mlmesh_registry_v1_TrainingData | null);
  /**
   * Commit of the code that trained it, or the package version where there is no repository.
   */
  'codeCommit'?: (string);
  /**
   * Whether the work tree had changes beside the commit.
   */
  'isCodeDirty'?: (boolean);
  /**
   * Canonical JSON (RFC 8785) of the hyperparameters.
   */
  'hyperparametersJson'?: (string);
  /**
   * When it was trained, milliseconds since the Unix epoch.
   */
  'trainedAtMs'?: (number | string);
  /**
   * Who ran the training.
   */
  'trainedBy'?: (string);
  /**
   * Metrics of the training, by name; finite numbers.
   */
  'metrics'?: ({[key: string]: number | string});
  /**
   * What it takes and gives.
   */
  'signature'?: (_mlmesh_registry_v1_ServingSignature | null);
  /**
   * What it needs to run.
   */
  'resources'?: (_mlmesh_registry_v1_ResourceRequirements | null);
  /**
   * Version that it descends from; 0 when there is none.
   */
  'parentVersion'?: (number);
  /**
   * SHA-256 of the reference profile, a blob that was uploaded; 64 hexadecimal digits.
   */
  'referenceProfileDigest'?: (string);
  /**
   * SHA-256 of the golden requests, a blob that was uploaded; 64 hexadecimal digits.
   */
  'goldenRequestsDigest'?: (string);
  /**
   * SHA-256 of the training manifest, a blob that was uploaded: what the data sets were made of, part by part; 64 hexadecimal digits.
   */
  'trainingManifestDigest'?: (string);
  /**
   * SHA-256 of the evaluation, a blob that was uploaded; 64 hexadecimal digits.
   */
  'evaluationDigest'?: (string);
  /**
   * On what it was trained.
   */
  'environment'?: (_mlmesh_registry_v1_TrainingEnvironment | null);
  /**
   * Where a version came from that was not trained here; absent for one that was.
   */
  'origin'?: (_mlmesh_registry_v1_Origin | null);
}

/**
 * Everything that is known of how a version came to be. Every field is required unless it says otherwise. A version that was not trained
 * here has an origin, and nothing of what nobody here can know: training_data and environment are absent, code_commit, trained_by and the
 * digests of profile, golden requests, manifest and evaluation empty, trained_at_ms 0; metrics may be empty.
 */
export interface Provenance__Output {
  /**
   * SHA-256 of the artifact, 64 hexadecimal digits.
   */
  'artifactDigest': (string);
  /**
   * Bytes of the artifact, 1 to 2^31 - 1.
   */
  'artifactBytes': (number);
  /**
   * Format of the artifact: `onnx`, `tfjs` or `saved-model`, which is a folder in one file.
   */
  'artifactFormat': (string);
  /**
   * What it was trained on.
   */
  'trainingData': (_mlmesh_registry_v1_TrainingData__Output | null);
  /**
   * Commit of the code that trained it, or the package version where there is no repository.
   */
  'codeCommit': (string);
  /**
   * Whether the work tree had changes beside the commit.
   */
  'isCodeDirty': (boolean);
  /**
   * Canonical JSON (RFC 8785) of the hyperparameters.
   */
  'hyperparametersJson': (string);
  /**
   * When it was trained, milliseconds since the Unix epoch.
   */
  'trainedAtMs': (number);
  /**
   * Who ran the training.
   */
  'trainedBy': (string);
  /**
   * Metrics of the training, by name; finite numbers.
   */
  'metrics': ({[key: string]: number});
  /**
   * What it takes and gives.
   */
  'signature': (_mlmesh_registry_v1_ServingSignature__Output | null);
  /**
   * What it needs to run.
   */
  'resources': (_mlmesh_registry_v1_ResourceRequirements__Output | null);
  /**
   * Version that it descends from; 0 when there is none.
   */
  'parentVersion': (number);
  /**
   * SHA-256 of the reference profile, a blob that was uploaded; 64 hexadecimal digits.
   */
  'referenceProfileDigest': (string);
  /**
   * SHA-256 of the golden requests, a blob that was uploaded; 64 hexadecimal digits.
   */
  'goldenRequestsDigest': (string);
  /**
   * SHA-256 of the training manifest, a blob that was uploaded: what the data sets were made of, part by part; 64 hexadecimal digits.
   */
  'trainingManifestDigest': (string);
  /**
   * SHA-256 of the evaluation, a blob that was uploaded; 64 hexadecimal digits.
   */
  'evaluationDigest': (string);
  /**
   * On what it was trained.
   */
  'environment': (_mlmesh_registry_v1_TrainingEnvironment__Output | null);
  /**
   * Where a version came from that was not trained here; absent for one that was.
   */
  'origin': (_mlmesh_registry_v1_Origin__Output | null);
}
