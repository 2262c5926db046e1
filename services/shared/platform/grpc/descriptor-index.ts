import { type MessageFields, messageFields } from '../protobuf/message-fields.ts';

/** Finds files of a descriptor set by name or by what they declare. */
export interface DescriptorIndex {
  /** Gives a file and all that it imports, imports first; undefined when there is none. */
  filesByName(name: string): readonly Buffer[] | undefined;
  /** Gives the file that declares a service, method, message, enum or field, as above. */
  filesBySymbol(symbol: string): readonly Buffer[] | undefined;
}

interface IndexedFile {
  readonly name: string;
  readonly imports: readonly string[];
  readonly bytes: Buffer;
}

/** Reads the bytes of a google.protobuf.FileDescriptorSet. */
export function indexDescriptors(descriptorSet: Buffer): DescriptorIndex {
  const byName = new Map<string, IndexedFile>();
  const bySymbol = new Map<string, IndexedFile>();
  for (const bytes of messageFields(descriptorSet).bytes(fileOfSet)) {
    const fields = messageFields(bytes);
    const file = { name: fields.text(1), imports: fields.texts(3), bytes };
    byName.set(file.name, file);
    for (const symbol of symbolsOf(fields)) bySymbol.set(symbol, file);
  }
  const withImports = (file: IndexedFile | undefined) => {
    if (file === undefined) return undefined;
    const found = new Set<IndexedFile>();
    const add = (each: IndexedFile) => {
      for (const name of each.imports) {
        const imported = byName.get(name);
        if (imported !== undefined && !found.has(imported)) add(imported);
      }
      found.add(each);
    };
    add(file);
    return [...found].map(({ bytes }) => bytes);
  };
  return {
    filesByName: (name) => withImports(byName.get(name)),
    filesBySymbol: (symbol) => withImports(bySymbol.get(symbol)),
  };
}

// Field numbers of google/protobuf/descriptor.proto.
const fileOfSet = 1;
const packageOfFile = 2;
const messageOfFile = 4;
const enumOfFile = 5;
const serviceOfFile = 6;
const fieldOfMessage = 2;
const nestedOfMessage = 3;
const enumOfMessage = 4;
const oneofOfMessage = 8;
const valueOfEnum = 2;
const methodOfService = 2;
const nameOfAny = 1;

function symbolsOf(file: MessageFields): readonly string[] {
  const space = file.text(packageOfFile);
  return [
    ...file.bytes(messageOfFile).flatMap((bytes) => messageSymbols(bytes, space)),
    ...file.bytes(enumOfFile).flatMap((bytes) => enumSymbols(bytes, space)),
    ...file.bytes(serviceOfFile).flatMap((bytes) => memberSymbols(bytes, space, [methodOfService])),
  ];
}

function messageSymbols(bytes: Buffer, space: string): readonly string[] {
  const fields = messageFields(bytes);
  const name = `${space}.${fields.text(nameOfAny)}`;
  return [
    ...memberSymbols(bytes, space, [fieldOfMessage, oneofOfMessage]),
    ...fields.bytes(nestedOfMessage).flatMap((nested) => messageSymbols(nested, name)),
    ...fields.bytes(enumOfMessage).flatMap((nested) => enumSymbols(nested, name)),
  ];
}

/** Values of an enum are declared beside it, not in it. */
function enumSymbols(bytes: Buffer, space: string): readonly string[] {
  const fields = messageFields(bytes);
  const values = fields.bytes(valueOfEnum).map((value) => messageFields(value).text(nameOfAny));
  return [fields.text(nameOfAny), ...values].map((name) => `${space}.${name}`);
}

function memberSymbols(
  bytes: Buffer,
  space: string,
  members: readonly number[],
): readonly string[] {
  const fields = messageFields(bytes);
  const name = `${space}.${fields.text(nameOfAny)}`;
  const names = members
    .flatMap((member) => fields.bytes(member))
    .map((member) => `${name}.${messageFields(member).text(nameOfAny)}`);
  return [name, ...names];
}
