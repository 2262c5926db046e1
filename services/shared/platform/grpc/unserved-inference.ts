import { MeshError } from '../../kernel/mesh-error.ts';
import type { Handlers } from './service-types.ts';

type InferenceHandlers = Handlers<'inference.GRPCInferenceService'>;

/** Calls of the inference protocol that nobody serves here. */
type UnservedCall =
  | 'systemSharedMemoryStatus'
  | 'systemSharedMemoryRegister'
  | 'systemSharedMemoryUnregister'
  | 'cudaSharedMemoryStatus'
  | 'cudaSharedMemoryRegister'
  | 'cudaSharedMemoryUnregister'
  | 'traceSetting'
  | 'logSettings';

/** Gives the handlers of those calls: each throws UNIMPLEMENTED / METHOD_UNKNOWN, and says what to do instead. */
export function unservedInference(): Pick<InferenceHandlers, UnservedCall> {
  const memory = refusal('shared memory is not served', 'send tensors in raw_input_contents');
  const trace = refusal(
    'trace settings are not served',
    'send a sampled traceparent header, and that request is traced',
  );
  const log = refusal('log settings are not served', 'the log of a service is set where it starts');
  return {
    systemSharedMemoryStatus: memory,
    systemSharedMemoryRegister: memory,
    systemSharedMemoryUnregister: memory,
    cudaSharedMemoryStatus: memory,
    cudaSharedMemoryRegister: memory,
    cudaSharedMemoryUnregister: memory,
    traceSetting: trace,
    logSettings: log,
  };
}

function refusal(what: string, instead: string): () => never {
  return () => {
    throw new MeshError({
      code: 'UNIMPLEMENTED',
      reason: 'METHOD_UNKNOWN',
      message: `${what}; ${instead}`,
    });
  };
}
