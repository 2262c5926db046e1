import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codes } from '../../kernel/code.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { type DescriptorIndex, indexDescriptors } from './descriptor-index.ts';
import { implement, type ServiceImplementation } from './implement.ts';
import { packageRoot } from './load-proto.ts';
import type { RequestOf, ResponseOf } from './service-types.ts';
import { toMeshError } from './status.ts';

type Question = RequestOf<'grpc.reflection.v1.ServerReflection', 'serverReflectionInfo'>;
type Answer = ResponseOf<'grpc.reflection.v1.ServerReflection', 'serverReflectionInfo'>;

/**
 * Gives the reflection services, in both versions that tools ask for. They answer from the descriptor set that
 * `npm run build` writes, since the descriptors that protobufjs writes break map entries and optional fields; it is read with
 * the first question.
 */
export function reflectionServices(
  serviceNames: readonly string[],
): readonly ServiceImplementation[] {
  const versions = [
    'grpc.reflection.v1.ServerReflection',
    'grpc.reflection.v1alpha.ServerReflection',
  ] as const;
  const names = [...serviceNames, ...versions];
  let index: DescriptorIndex | undefined;
  const answerAll = async function* (questions: AsyncIterable<Question>): AsyncGenerator<Answer> {
    for await (const question of questions) {
      index ??= readDescriptors();
      yield {
        validHost: question.host,
        originalRequest: question,
        ...answer(question, names, index),
      };
    }
  };
  return versions.map((version) => implement(version, { serverReflectionInfo: answerAll }));
}

function answer(question: Question, names: readonly string[], index: DescriptorIndex): Answer {
  try {
    return found(question, names, index);
  } catch (thrown) {
    const error = toMeshError(thrown);
    return { errorResponse: { errorCode: codes[error.code], errorMessage: error.message } };
  }
}

function found(question: Question, names: readonly string[], index: DescriptorIndex): Answer {
  const kind = question.messageRequest;
  if (kind === undefined) throw notFound('such question');
  switch (kind) {
    case 'listServices':
      return { listServicesResponse: { service: names.map((name) => ({ name })) } };
    case 'fileByFilename':
      return files(index.filesByName(question.fileByFilename ?? ''), question.fileByFilename);
    case 'fileContainingSymbol':
      return files(
        index.filesBySymbol(question.fileContainingSymbol ?? ''),
        question.fileContainingSymbol,
      );
    case 'allExtensionNumbersOfType':
      return {
        allExtensionNumbersResponse: { baseTypeName: question.allExtensionNumbersOfType ?? '' },
      };
    case 'fileContainingExtension':
      throw notFound('such extension');
  }
}

function files(found: readonly Buffer[] | undefined, name: string | undefined): Answer {
  if (found === undefined) throw notFound(`'${name ?? ''}'`);
  return { fileDescriptorResponse: { fileDescriptorProto: [...found] } };
}

function readDescriptors(): DescriptorIndex {
  const file = join(packageRoot, 'dist', 'proto', 'mlmesh.binpb');
  if (existsSync(file)) return indexDescriptors(readFileSync(file));
  throw new MeshError({
    code: 'UNIMPLEMENTED',
    reason: 'METHOD_UNKNOWN',
    message: 'reflection needs dist/proto/mlmesh.binpb; run `npm run build`',
  });
}

function notFound(what: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'METHOD_UNKNOWN',
    message: `the contract has no ${what}; list_services names what there is`,
  });
}
