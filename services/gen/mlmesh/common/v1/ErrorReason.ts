// Original file: proto/mlmesh/common/v1/error.proto

/**
 * Machine-readable reason of an error. On the wire it travels as the text after `ERROR_REASON_` in
 * google.rpc.ErrorInfo.reason, with the domain "mlmesh".
 */
export const ErrorReason = {
  /**
   * Never sent.
   */
  ERROR_REASON_UNSPECIFIED: 'ERROR_REASON_UNSPECIFIED',
  /**
   * The mesh itself failed; the id in the message leads to the log line.
   */
  ERROR_REASON_INTERNAL: 'ERROR_REASON_INTERNAL',
  /**
   * A duration is not a whole number with a unit of ms, s, min, h or d, or is negative.
   */
  ERROR_REASON_INVALID_DURATION: 'ERROR_REASON_INVALID_DURATION',
  /**
   * A field of the request is missing or has a value outside its range; BadRequest names it.
   */
  ERROR_REASON_INVALID_FIELD: 'ERROR_REASON_INVALID_FIELD',
  /**
   * A setting is missing or has a value outside its range.
   */
  ERROR_REASON_INVALID_CONFIG: 'ERROR_REASON_INVALID_CONFIG',
  /**
   * The deadline had passed before the answer was there.
   */
  ERROR_REASON_DEADLINE_PASSED: 'ERROR_REASON_DEADLINE_PASSED',
  /**
   * The caller gave up.
   */
  ERROR_REASON_CALL_CANCELLED: 'ERROR_REASON_CALL_CANCELLED',
  /**
   * A message is larger than the limit of the receiver: in bytes, or in the values (fields, elements, entries) that it holds.
   */
  ERROR_REASON_MESSAGE_TOO_LARGE: 'ERROR_REASON_MESSAGE_TOO_LARGE',
  /**
   * The service has no such method.
   */
  ERROR_REASON_METHOD_UNKNOWN: 'ERROR_REASON_METHOD_UNKNOWN',
  /**
   * A service that is needed for the answer is down or cannot be reached.
   */
  ERROR_REASON_PEER_UNAVAILABLE: 'ERROR_REASON_PEER_UNAVAILABLE',
  /**
   * A bounded queue is full; ask again after the delay in RetryInfo.
   */
  ERROR_REASON_QUEUE_FULL: 'ERROR_REASON_QUEUE_FULL',
  /**
   * The service is stopping and takes no new work.
   */
  ERROR_REASON_DRAINING: 'ERROR_REASON_DRAINING',
  /**
   * No model has this name.
   */
  ERROR_REASON_MODEL_UNKNOWN: 'ERROR_REASON_MODEL_UNKNOWN',
  /**
   * The version is known and not loaded yet.
   */
  ERROR_REASON_MODEL_NOT_READY: 'ERROR_REASON_MODEL_NOT_READY',
  /**
   * The model has no such version.
   */
  ERROR_REASON_VERSION_UNKNOWN: 'ERROR_REASON_VERSION_UNKNOWN',
  /**
   * The model has no such alias.
   */
  ERROR_REASON_ALIAS_UNKNOWN: 'ERROR_REASON_ALIAS_UNKNOWN',
  /**
   * The alias was moved by somebody else since it was read.
   */
  ERROR_REASON_ALIAS_MOVED: 'ERROR_REASON_ALIAS_MOVED',
  /**
   * An entity key that the model needs is missing.
   */
  ERROR_REASON_ENTITY_MISSING: 'ERROR_REASON_ENTITY_MISSING',
  /**
   * An entity key has the wrong type or form.
   */
  ERROR_REASON_ENTITY_INVALID: 'ERROR_REASON_ENTITY_INVALID',
  /**
   * A request feature that the model needs is missing.
   */
  ERROR_REASON_REQUEST_FEATURE_MISSING: 'ERROR_REASON_REQUEST_FEATURE_MISSING',
  /**
   * A request feature has the wrong type, or is NaN or infinite.
   */
  ERROR_REASON_REQUEST_FEATURE_INVALID: 'ERROR_REASON_REQUEST_FEATURE_INVALID',
  /**
   * The model has no such request feature.
   */
  ERROR_REASON_REQUEST_FEATURE_UNKNOWN: 'ERROR_REASON_REQUEST_FEATURE_UNKNOWN',
  /**
   * No feature has this name.
   */
  ERROR_REASON_FEATURE_UNKNOWN: 'ERROR_REASON_FEATURE_UNKNOWN',
  /**
   * The feature service does not serve a feature set of this hash.
   */
  ERROR_REASON_FEATURE_SET_UNKNOWN: 'ERROR_REASON_FEATURE_SET_UNKNOWN',
  /**
   * A definition of the mesh contradicts itself.
   */
  ERROR_REASON_DEFINITION_INVALID: 'ERROR_REASON_DEFINITION_INVALID',
  /**
   * Two definitions of the mesh have one name.
   */
  ERROR_REASON_DEFINITION_DUPLICATE: 'ERROR_REASON_DEFINITION_DUPLICATE',
  /**
   * There is no mesh file at the path.
   */
  ERROR_REASON_MESH_FILE_MISSING: 'ERROR_REASON_MESH_FILE_MISSING',
  /**
   * The mesh file does not compile, or exports no mesh.
   */
  ERROR_REASON_MESH_FILE_INVALID: 'ERROR_REASON_MESH_FILE_INVALID',
  /**
   * The file of a source is missing.
   */
  ERROR_REASON_SOURCE_MISSING: 'ERROR_REASON_SOURCE_MISSING',
  /**
   * The file of a source cannot be read or lacks a column.
   */
  ERROR_REASON_SOURCE_INVALID: 'ERROR_REASON_SOURCE_INVALID',
  /**
   * An event lacks a column or carries a value of another type.
   */
  ERROR_REASON_EVENT_INVALID: 'ERROR_REASON_EVENT_INVALID',
  /**
   * Stored state does not match its checksum.
   */
  ERROR_REASON_STATE_CORRUPT: 'ERROR_REASON_STATE_CORRUPT',
  /**
   * Another process owns the data directory.
   */
  ERROR_REASON_DATA_DIRECTORY_IN_USE: 'ERROR_REASON_DATA_DIRECTORY_IN_USE',
  /**
   * The data directory belongs to another version of mlmesh.
   */
  ERROR_REASON_DATA_DIRECTORY_VERSION: 'ERROR_REASON_DATA_DIRECTORY_VERSION',
  /**
   * The disk is full; nothing was changed.
   */
  ERROR_REASON_DISK_FULL: 'ERROR_REASON_DISK_FULL',
  /**
   * The bytes of an artifact do not match their digest or cannot be read as a model.
   */
  ERROR_REASON_ARTIFACT_CORRUPT: 'ERROR_REASON_ARTIFACT_CORRUPT',
  /**
   * The format of an artifact is not one that the mesh serves.
   */
  ERROR_REASON_ARTIFACT_UNSUPPORTED: 'ERROR_REASON_ARTIFACT_UNSUPPORTED',
  /**
   * An artifact is larger than the limit.
   */
  ERROR_REASON_ARTIFACT_TOO_LARGE: 'ERROR_REASON_ARTIFACT_TOO_LARGE',
  /**
   * A field of the provenance is missing.
   */
  ERROR_REASON_PROVENANCE_INCOMPLETE: 'ERROR_REASON_PROVENANCE_INCOMPLETE',
  /**
   * There is no previous version to go back to.
   */
  ERROR_REASON_ROLLBACK_TARGET_MISSING: 'ERROR_REASON_ROLLBACK_TARGET_MISSING',
  /**
   * A tensor has another shape or size than the signature of the model.
   */
  ERROR_REASON_TENSOR_SHAPE: 'ERROR_REASON_TENSOR_SHAPE',
  /**
   * A model gave NaN or infinity.
   */
  ERROR_REASON_TENSOR_NOT_FINITE: 'ERROR_REASON_TENSOR_NOT_FINITE',
  /**
   * The runtime of the model failed.
   */
  ERROR_REASON_INFERENCE_FAILED: 'ERROR_REASON_INFERENCE_FAILED',
  /**
   * A worker thread did not come back; the process is replaced.
   */
  ERROR_REASON_WORKER_STUCK: 'ERROR_REASON_WORKER_STUCK',
  /**
   * The business rules, the last tier, threw an error or gave no probability of 0 to 1.
   */
  ERROR_REASON_RULES_FAILED: 'ERROR_REASON_RULES_FAILED',
  /**
   * The prediction id is malformed or unknown.
   */
  ERROR_REASON_PREDICTION_UNKNOWN: 'ERROR_REASON_PREDICTION_UNKNOWN',
  /**
   * The value of an outcome is not a finite number.
   */
  ERROR_REASON_OUTCOME_INVALID: 'ERROR_REASON_OUTCOME_INVALID',
  /**
   * No such trace is kept (any more).
   */
  ERROR_REASON_TRACE_UNKNOWN: 'ERROR_REASON_TRACE_UNKNOWN',
  /**
   * Another process listens on the port.
   */
  ERROR_REASON_PORT_TAKEN: 'ERROR_REASON_PORT_TAKEN',
  /**
   * A service of the mesh ended by itself.
   */
  ERROR_REASON_SERVICE_CRASHED: 'ERROR_REASON_SERVICE_CRASHED',
  /**
   * The log has grown since it was read; read again and retry.
   */
  ERROR_REASON_LOG_CONFLICT: 'ERROR_REASON_LOG_CONFLICT',
  /**
   * The hash chain of the log is broken.
   */
  ERROR_REASON_LOG_CORRUPT: 'ERROR_REASON_LOG_CORRUPT',
  /**
   * The training job failed.
   */
  ERROR_REASON_TRAINING_FAILED: 'ERROR_REASON_TRAINING_FAILED',
  /**
   * A window reaches events that the online state has let go of; recompute from the log.
   */
  ERROR_REASON_HISTORY_PRUNED: 'ERROR_REASON_HISTORY_PRUNED',
  /**
   * More features are missing than the policy of the model allows.
   */
  ERROR_REASON_FEATURES_MISSING: 'ERROR_REASON_FEATURES_MISSING',
  /**
   * A store outside of the mesh, of online state or of the registry, does not answer; what is in memory is served, the rest has to be asked for again.
   */
  ERROR_REASON_STORE_UNAVAILABLE: 'ERROR_REASON_STORE_UNAVAILABLE',
  /**
   * The store of the online state has lost what was written to it; the states are being made anew from the log.
   */
  ERROR_REASON_STATE_LOST: 'ERROR_REASON_STATE_LOST',
  /**
   * The signature of a version is missing, does not hold, or is by a key that is not trusted.
   */
  ERROR_REASON_SIGNATURE_INVALID: 'ERROR_REASON_SIGNATURE_INVALID',
  /**
   * A blob that a registration names was not uploaded.
   */
  ERROR_REASON_BLOB_MISSING: 'ERROR_REASON_BLOB_MISSING',
  /**
   * An upload begins at another byte than the one where it broke off.
   */
  ERROR_REASON_UPLOAD_OFFSET: 'ERROR_REASON_UPLOAD_OFFSET',
  /**
   * The version is in quarantine.
   */
  ERROR_REASON_VERSION_QUARANTINED: 'ERROR_REASON_VERSION_QUARANTINED',
  /**
   * The artifact of the version was removed, as the retention says.
   */
  ERROR_REASON_ARTIFACT_REMOVED: 'ERROR_REASON_ARTIFACT_REMOVED',
  /**
   * An alias points to the version, which must not be taken away from it.
   */
  ERROR_REASON_VERSION_IN_USE: 'ERROR_REASON_VERSION_IN_USE',
  /**
   * It can't be told who calls.
   */
  ERROR_REASON_CALLER_UNKNOWN: 'ERROR_REASON_CALLER_UNKNOWN',
  /**
   * The checklist of the version lacks something, so it can't be production or canary; BadRequest names each row and what fills it.
   */
  ERROR_REASON_CHECKLIST_INCOMPLETE: 'ERROR_REASON_CHECKLIST_INCOMPLETE',
  /**
   * Evidence is about another artifact than that of the version that it names, or would come from what the version has learnt from.
   */
  ERROR_REASON_EVIDENCE_MISMATCH: 'ERROR_REASON_EVIDENCE_MISMATCH',
  /**
   * A tensor of a request is not one of the model's, is there twice, or is missing.
   */
  ERROR_REASON_TENSOR_UNKNOWN: 'ERROR_REASON_TENSOR_UNKNOWN',
  /**
   * A tensor has another datatype than the model takes, or one that the runtime does not have.
   */
  ERROR_REASON_TENSOR_TYPE: 'ERROR_REASON_TENSOR_TYPE',
  /**
   * The bytes of a tensor are not as many as its shape and datatype say.
   */
  ERROR_REASON_TENSOR_SIZE: 'ERROR_REASON_TENSOR_SIZE',
  /**
   * What is left of the budget is less than the model takes: the request was not run.
   */
  ERROR_REASON_BUDGET_TOO_SMALL: 'ERROR_REASON_BUDGET_TOO_SMALL',
  /**
   * The models that are loaded, and must stay, leave no memory for another.
   */
  ERROR_REASON_MEMORY_FULL: 'ERROR_REASON_MEMORY_FULL',
  /**
   * More is asked than can be answered in time; the error says when to ask again.
   */
  ERROR_REASON_OVERLOADED: 'ERROR_REASON_OVERLOADED',
  /**
   * The traffic of the model was steered by somebody else meanwhile.
   */
  ERROR_REASON_TRAFFIC_MOVED: 'ERROR_REASON_TRAFFIC_MOVED',
  /**
   * The ramp of the canary is held: its share may not grow.
   */
  ERROR_REASON_RAMP_HELD: 'ERROR_REASON_RAMP_HELD',
  /**
   * The step of the ramp has not lasted as long as the policy wants, or the share is beyond the next step.
   */
  ERROR_REASON_RAMP_NOT_DUE: 'ERROR_REASON_RAMP_NOT_DUE',
  /**
   * The canary has the share of the last step; promotion is what follows.
   */
  ERROR_REASON_RAMP_COMPLETE: 'ERROR_REASON_RAMP_COMPLETE',
  /**
   * The model has as many shadows as are allowed.
   */
  ERROR_REASON_SHADOW_LIMIT: 'ERROR_REASON_SHADOW_LIMIT',
  /**
   * The shadows of the model were paused before the request was sent to one.
   */
  ERROR_REASON_SHADOW_PAUSED: 'ERROR_REASON_SHADOW_PAUSED',
  /**
   * No verdict of this id is kept.
   */
  ERROR_REASON_VERDICT_UNKNOWN: 'ERROR_REASON_VERDICT_UNKNOWN',
  /**
   * The monitor knows no alert of this id.
   */
  ERROR_REASON_ALERT_UNKNOWN: 'ERROR_REASON_ALERT_UNKNOWN',
  /**
   * The monitor knows no silence of this id.
   */
  ERROR_REASON_SILENCE_UNKNOWN: 'ERROR_REASON_SILENCE_UNKNOWN',
  /**
   * A receiver of messages outside of the mesh refused one, and would again.
   */
  ERROR_REASON_PEER_REFUSED: 'ERROR_REASON_PEER_REFUSED',
  /**
   * The server wants a certificate or a bearer token, and the call has neither.
   */
  ERROR_REASON_CREDENTIALS_MISSING: 'ERROR_REASON_CREDENTIALS_MISSING',
  /**
   * The certificate of the caller is not from the authority that the server trusts, or is not one for callers.
   */
  ERROR_REASON_CERTIFICATE_UNTRUSTED: 'ERROR_REASON_CERTIFICATE_UNTRUSTED',
  /**
   * The certificate of the caller has expired, or is not valid yet.
   */
  ERROR_REASON_CERTIFICATE_EXPIRED: 'ERROR_REASON_CERTIFICATE_EXPIRED',
  /**
   * The bearer token is none that the server knows, or has expired.
   */
  ERROR_REASON_TOKEN_UNKNOWN: 'ERROR_REASON_TOKEN_UNKNOWN',
  /**
   * Whoever calls has none of the roles that may call the method.
   */
  ERROR_REASON_ROLE_MISSING: 'ERROR_REASON_ROLE_MISSING',
  /**
   * The server's certificate is not one that the caller trusts: another authority, expired, or for another name.
   */
  ERROR_REASON_PEER_UNTRUSTED: 'ERROR_REASON_PEER_UNTRUSTED',
} as const;

/**
 * Machine-readable reason of an error. On the wire it travels as the text after `ERROR_REASON_` in
 * google.rpc.ErrorInfo.reason, with the domain "mlmesh".
 */
export type ErrorReason =
  /**
   * Never sent.
   */
  | 'ERROR_REASON_UNSPECIFIED'
  | 0
  /**
   * The mesh itself failed; the id in the message leads to the log line.
   */
  | 'ERROR_REASON_INTERNAL'
  | 1
  /**
   * A duration is not a whole number with a unit of ms, s, min, h or d, or is negative.
   */
  | 'ERROR_REASON_INVALID_DURATION'
  | 2
  /**
   * A field of the request is missing or has a value outside its range; BadRequest names it.
   */
  | 'ERROR_REASON_INVALID_FIELD'
  | 3
  /**
   * A setting is missing or has a value outside its range.
   */
  | 'ERROR_REASON_INVALID_CONFIG'
  | 4
  /**
   * The deadline had passed before the answer was there.
   */
  | 'ERROR_REASON_DEADLINE_PASSED'
  | 5
  /**
   * The caller gave up.
   */
  | 'ERROR_REASON_CALL_CANCELLED'
  | 6
  /**
   * A message is larger than the limit of the receiver: in bytes, or in the values (fields, elements, entries) that it holds.
   */
  | 'ERROR_REASON_MESSAGE_TOO_LARGE'
  | 7
  /**
   * The service has no such method.
   */
  | 'ERROR_REASON_METHOD_UNKNOWN'
  | 8
  /**
   * A service that is needed for the answer is down or cannot be reached.
   */
  | 'ERROR_REASON_PEER_UNAVAILABLE'
  | 9
  /**
   * A bounded queue is full; ask again after the delay in RetryInfo.
   */
  | 'ERROR_REASON_QUEUE_FULL'
  | 10
  /**
   * The service is stopping and takes no new work.
   */
  | 'ERROR_REASON_DRAINING'
  | 11
  /**
   * No model has this name.
   */
  | 'ERROR_REASON_MODEL_UNKNOWN'
  | 12
  /**
   * The version is known and not loaded yet.
   */
  | 'ERROR_REASON_MODEL_NOT_READY'
  | 13
  /**
   * The model has no such version.
   */
  | 'ERROR_REASON_VERSION_UNKNOWN'
  | 14
  /**
   * The model has no such alias.
   */
  | 'ERROR_REASON_ALIAS_UNKNOWN'
  | 15
  /**
   * The alias was moved by somebody else since it was read.
   */
  | 'ERROR_REASON_ALIAS_MOVED'
  | 16
  /**
   * An entity key that the model needs is missing.
   */
  | 'ERROR_REASON_ENTITY_MISSING'
  | 17
  /**
   * An entity key has the wrong type or form.
   */
  | 'ERROR_REASON_ENTITY_INVALID'
  | 18
  /**
   * A request feature that the model needs is missing.
   */
  | 'ERROR_REASON_REQUEST_FEATURE_MISSING'
  | 19
  /**
   * A request feature has the wrong type, or is NaN or infinite.
   */
  | 'ERROR_REASON_REQUEST_FEATURE_INVALID'
  | 20
  /**
   * The model has no such request feature.
   */
  | 'ERROR_REASON_REQUEST_FEATURE_UNKNOWN'
  | 21
  /**
   * No feature has this name.
   */
  | 'ERROR_REASON_FEATURE_UNKNOWN'
  | 22
  /**
   * The feature service does not serve a feature set of this hash.
   */
  | 'ERROR_REASON_FEATURE_SET_UNKNOWN'
  | 23
  /**
   * A definition of the mesh contradicts itself.
   */
  | 'ERROR_REASON_DEFINITION_INVALID'
  | 24
  /**
   * Two definitions of the mesh have one name.
   */
  | 'ERROR_REASON_DEFINITION_DUPLICATE'
  | 25
  /**
   * There is no mesh file at the path.
   */
  | 'ERROR_REASON_MESH_FILE_MISSING'
  | 26
  /**
   * The mesh file does not compile, or exports no mesh.
   */
  | 'ERROR_REASON_MESH_FILE_INVALID'
  | 27
  /**
   * The file of a source is missing.
   */
  | 'ERROR_REASON_SOURCE_MISSING'
  | 28
  /**
   * The file of a source cannot be read or lacks a column.
   */
  | 'ERROR_REASON_SOURCE_INVALID'
  | 29
  /**
   * An event lacks a column or carries a value of another type.
   */
  | 'ERROR_REASON_EVENT_INVALID'
  | 30
  /**
   * Stored state does not match its checksum.
   */
  | 'ERROR_REASON_STATE_CORRUPT'
  | 31
  /**
   * Another process owns the data directory.
   */
  | 'ERROR_REASON_DATA_DIRECTORY_IN_USE'
  | 32
  /**
   * The data directory belongs to another version of mlmesh.
   */
  | 'ERROR_REASON_DATA_DIRECTORY_VERSION'
  | 33
  /**
   * The disk is full; nothing was changed.
   */
  | 'ERROR_REASON_DISK_FULL'
  | 34
  /**
   * The bytes of an artifact do not match their digest or cannot be read as a model.
   */
  | 'ERROR_REASON_ARTIFACT_CORRUPT'
  | 35
  /**
   * The format of an artifact is not one that the mesh serves.
   */
  | 'ERROR_REASON_ARTIFACT_UNSUPPORTED'
  | 36
  /**
   * An artifact is larger than the limit.
   */
  | 'ERROR_REASON_ARTIFACT_TOO_LARGE'
  | 37
  /**
   * A field of the provenance is missing.
   */
  | 'ERROR_REASON_PROVENANCE_INCOMPLETE'
  | 38
  /**
   * There is no previous version to go back to.
   */
  | 'ERROR_REASON_ROLLBACK_TARGET_MISSING'
  | 39
  /**
   * A tensor has another shape or size than the signature of the model.
   */
  | 'ERROR_REASON_TENSOR_SHAPE'
  | 40
  /**
   * A model gave NaN or infinity.
   */
  | 'ERROR_REASON_TENSOR_NOT_FINITE'
  | 41
  /**
   * The runtime of the model failed.
   */
  | 'ERROR_REASON_INFERENCE_FAILED'
  | 42
  /**
   * A worker thread did not come back; the process is replaced.
   */
  | 'ERROR_REASON_WORKER_STUCK'
  | 43
  /**
   * The business rules, the last tier, threw an error or gave no probability of 0 to 1.
   */
  | 'ERROR_REASON_RULES_FAILED'
  | 44
  /**
   * The prediction id is malformed or unknown.
   */
  | 'ERROR_REASON_PREDICTION_UNKNOWN'
  | 45
  /**
   * The value of an outcome is not a finite number.
   */
  | 'ERROR_REASON_OUTCOME_INVALID'
  | 46
  /**
   * No such trace is kept (any more).
   */
  | 'ERROR_REASON_TRACE_UNKNOWN'
  | 47
  /**
   * Another process listens on the port.
   */
  | 'ERROR_REASON_PORT_TAKEN'
  | 48
  /**
   * A service of the mesh ended by itself.
   */
  | 'ERROR_REASON_SERVICE_CRASHED'
  | 49
  /**
   * The log has grown since it was read; read again and retry.
   */
  | 'ERROR_REASON_LOG_CONFLICT'
  | 50
  /**
   * The hash chain of the log is broken.
   */
  | 'ERROR_REASON_LOG_CORRUPT'
  | 51
  /**
   * The training job failed.
   */
  | 'ERROR_REASON_TRAINING_FAILED'
  | 52
  /**
   * A window reaches events that the online state has let go of; recompute from the log.
   */
  | 'ERROR_REASON_HISTORY_PRUNED'
  | 53
  /**
   * More features are missing than the policy of the model allows.
   */
  | 'ERROR_REASON_FEATURES_MISSING'
  | 54
  /**
   * A store outside of the mesh, of online state or of the registry, does not answer; what is in memory is served, the rest has to be asked for again.
   */
  | 'ERROR_REASON_STORE_UNAVAILABLE'
  | 55
  /**
   * The store of the online state has lost what was written to it; the states are being made anew from the log.
   */
  | 'ERROR_REASON_STATE_LOST'
  | 56
  /**
   * The signature of a version is missing, does not hold, or is by a key that is not trusted.
   */
  | 'ERROR_REASON_SIGNATURE_INVALID'
  | 57
  /**
   * A blob that a registration names was not uploaded.
   */
  | 'ERROR_REASON_BLOB_MISSING'
  | 58
  /**
   * An upload begins at another byte than the one where it broke off.
   */
  | 'ERROR_REASON_UPLOAD_OFFSET'
  | 59
  /**
   * The version is in quarantine.
   */
  | 'ERROR_REASON_VERSION_QUARANTINED'
  | 60
  /**
   * The artifact of the version was removed, as the retention says.
   */
  | 'ERROR_REASON_ARTIFACT_REMOVED'
  | 61
  /**
   * An alias points to the version, which must not be taken away from it.
   */
  | 'ERROR_REASON_VERSION_IN_USE'
  | 62
  /**
   * It can't be told who calls.
   */
  | 'ERROR_REASON_CALLER_UNKNOWN'
  | 63
  /**
   * The checklist of the version lacks something, so it can't be production or canary; BadRequest names each row and what fills it.
   */
  | 'ERROR_REASON_CHECKLIST_INCOMPLETE'
  | 70
  /**
   * Evidence is about another artifact than that of the version that it names, or would come from what the version has learnt from.
   */
  | 'ERROR_REASON_EVIDENCE_MISMATCH'
  | 71
  /**
   * A tensor of a request is not one of the model's, is there twice, or is missing.
   */
  | 'ERROR_REASON_TENSOR_UNKNOWN'
  | 72
  /**
   * A tensor has another datatype than the model takes, or one that the runtime does not have.
   */
  | 'ERROR_REASON_TENSOR_TYPE'
  | 73
  /**
   * The bytes of a tensor are not as many as its shape and datatype say.
   */
  | 'ERROR_REASON_TENSOR_SIZE'
  | 74
  /**
   * What is left of the budget is less than the model takes: the request was not run.
   */
  | 'ERROR_REASON_BUDGET_TOO_SMALL'
  | 75
  /**
   * The models that are loaded, and must stay, leave no memory for another.
   */
  | 'ERROR_REASON_MEMORY_FULL'
  | 76
  /**
   * More is asked than can be answered in time; the error says when to ask again.
   */
  | 'ERROR_REASON_OVERLOADED'
  | 77
  /**
   * The traffic of the model was steered by somebody else meanwhile.
   */
  | 'ERROR_REASON_TRAFFIC_MOVED'
  | 90
  /**
   * The ramp of the canary is held: its share may not grow.
   */
  | 'ERROR_REASON_RAMP_HELD'
  | 91
  /**
   * The step of the ramp has not lasted as long as the policy wants, or the share is beyond the next step.
   */
  | 'ERROR_REASON_RAMP_NOT_DUE'
  | 92
  /**
   * The canary has the share of the last step; promotion is what follows.
   */
  | 'ERROR_REASON_RAMP_COMPLETE'
  | 93
  /**
   * The model has as many shadows as are allowed.
   */
  | 'ERROR_REASON_SHADOW_LIMIT'
  | 94
  /**
   * The shadows of the model were paused before the request was sent to one.
   */
  | 'ERROR_REASON_SHADOW_PAUSED'
  | 95
  /**
   * No verdict of this id is kept.
   */
  | 'ERROR_REASON_VERDICT_UNKNOWN'
  | 96
  /**
   * The monitor knows no alert of this id.
   */
  | 'ERROR_REASON_ALERT_UNKNOWN'
  | 110
  /**
   * The monitor knows no silence of this id.
   */
  | 'ERROR_REASON_SILENCE_UNKNOWN'
  | 111
  /**
   * A receiver of messages outside of the mesh refused one, and would again.
   */
  | 'ERROR_REASON_PEER_REFUSED'
  | 112
  /**
   * The server wants a certificate or a bearer token, and the call has neither.
   */
  | 'ERROR_REASON_CREDENTIALS_MISSING'
  | 130
  /**
   * The certificate of the caller is not from the authority that the server trusts, or is not one for callers.
   */
  | 'ERROR_REASON_CERTIFICATE_UNTRUSTED'
  | 131
  /**
   * The certificate of the caller has expired, or is not valid yet.
   */
  | 'ERROR_REASON_CERTIFICATE_EXPIRED'
  | 132
  /**
   * The bearer token is none that the server knows, or has expired.
   */
  | 'ERROR_REASON_TOKEN_UNKNOWN'
  | 133
  /**
   * Whoever calls has none of the roles that may call the method.
   */
  | 'ERROR_REASON_ROLE_MISSING'
  | 134
  /**
   * The server's certificate is not one that the caller trusts: another authority, expired, or for another name.
   */
  | 'ERROR_REASON_PEER_UNTRUSTED'
  | 135

/**
 * Machine-readable reason of an error. On the wire it travels as the text after `ERROR_REASON_` in
 * google.rpc.ErrorInfo.reason, with the domain "mlmesh".
 */
export type ErrorReason__Output = typeof ErrorReason[keyof typeof ErrorReason]
