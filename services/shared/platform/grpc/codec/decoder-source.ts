import protobuf from 'protobufjs';
import { delimited } from '../wire-cursor.ts';
import { scalarType } from './scalar-types.ts';
import { fieldsOf, type TypeTable, tagOf, type ValueType } from './type-table.ts';

/** A field, what its values are, and the place of the member that is set where it is in a oneof. */
interface DecodedField {
  readonly field: protobuf.Field;
  readonly value: ValueType;
  /** Source of the variable that takes its value. */
  readonly variable: string;
  /** Source of what follows once it has one. */
  readonly mark: string;
}

/**
 * Gives the source of `decode<index>(reader, end, depth)`, which reads a message of the table up to `end` and gives an object that has every field but those of a
 * oneof, of which it has what came last, and its name. Values go to variables first, so that the object is made once, with all that it has.
 */
export function decoderSource(table: TypeTable, index: number): string {
  const message = table.messages[index];
  const oneofs = message?.oneofsArray ?? [];
  const fields = (message === undefined ? [] : fieldsOf(message)).map((field) =>
    decodedField(table, field, oneofs),
  );
  const declared = fields
    .filter(({ field }) => field.partOf === null)
    .map(({ field, value, variable }) => `let ${variable} = ${absent(field, value)};`);
  const members = oneofs.map((_, at) => `let member${at} = 0, value${at};`);
  return `const known${index} = new Set(${JSON.stringify(fields.map(({ field }) => field.id))});
function decode${index}(reader, end, depth) {
if (depth > depthMax) throw reader.tooDeep(depthMax);
${[...declared, ...members].join('\n')}
while (reader.at < end) {
const tag = reader.tag(end);
switch (tag) {
${fields.map(caseSource).join('\n')}
default: reader.skipUnknown(tag, end, known${index});
}
}
${resultSource(fields, oneofs)}
}`;
}

function decodedField(
  table: TypeTable,
  field: protobuf.Field,
  oneofs: readonly protobuf.OneOf[],
): DecodedField {
  const value = table.valueOf(field);
  if (field.partOf === null) return { field, value, variable: `field${field.id}`, mark: '' };
  const at = oneofs.indexOf(field.partOf);
  return { field, value, variable: `value${at}`, mark: `member${at} = ${field.id};` };
}

function absent(field: protobuf.Field, value: ValueType): string {
  if (field instanceof protobuf.MapField) return '{}';
  if (field.repeated) return '[]';
  return value.kind === 'scalar' ? value.scalar.absent : 'null';
}

function caseSource(decoded: DecodedField): string {
  const { field, value, variable, mark } = decoded;
  if (field instanceof protobuf.MapField) return mapCase(field, value, variable);
  const wire = value.kind === 'scalar' ? value.scalar.wire : delimited;
  const one = `case ${tagOf(field.id, wire)}:`;
  if (!field.repeated) return `${one} ${readInto(variable, value, 'end')} ${mark} break;`;
  const push = `${one} ${pushSource(variable, value, 'end')} break;`;
  return wire === delimited ? push : `${push}\n${packedCase(field, value, variable)}`;
}

function readInto(variable: string, value: ValueType, end: string): string {
  return `${variable} = ${valueSource(value, end)};`;
}

function pushSource(variable: string, value: ValueType, end: string): string {
  return `${variable}.push(${valueSource(value, end)});`;
}

function valueSource(value: ValueType, end: string): string {
  if (value.kind === 'message') {
    return `decode${value.index}(reader, reader.delimitedEnd(${end}), depth + 1)`;
  }
  const { call, namesOf } = value.scalar;
  const read = `reader.${call}(${end})`;
  return namesOf === undefined ? read : `enumName(${namesOf}, ${read})`;
}

function packedCase(field: protobuf.Field, value: ValueType, variable: string): string {
  const begin = `case ${tagOf(field.id, delimited)}: {\nconst valuesEnd = reader.delimitedEnd(end);`;
  if (field.type === 'double' || field.type === 'float') {
    return `${begin}\nreader.${field.type}s(${variable}, valuesEnd);\nbreak;\n}`;
  }
  const push = pushSource(variable, value, 'valuesEnd');
  return `${begin}\nwhile (reader.at < valuesEnd) ${push}\nbreak;\n}`;
}

function mapCase(field: protobuf.MapField, value: ValueType, variable: string): string {
  const key = scalarType(field.keyType);
  const keyTag = tagOf(1, key.wire);
  const valueTag = tagOf(2, value.kind === 'scalar' ? value.scalar.wire : delimited);
  // An entry without a value has the default one; of a message that is one without fields.
  const noValue =
    value.kind === 'scalar'
      ? value.scalar.absent
      : `decode${value.index}(reader, reader.at, depth + 1)`;
  return `case ${tagOf(field.id, delimited)}: {
const entryEnd = reader.delimitedEnd(end);
let key = ${key.absent}, entry;
while (reader.at < entryEnd) {
const entryTag = reader.tag(entryEnd);
switch (entryTag) {
case ${keyTag}: key = reader.${key.call}(entryEnd); break;
case ${valueTag}: ${readInto('entry', value, 'entryEnd')} break;
default: reader.skipUnknown(entryTag, entryEnd, knownOfEntry);
}
}
if (entry === undefined) entry = ${noValue};
if (key === '__proto__') setOwn(${variable}, entry);
else ${variable}[key] = entry;
break;
}`;
}

/** Most keys of all objects together that are written out, one object for each member of the only oneof. */
const writtenKeysMax = 128;

function resultSource(fields: readonly DecodedField[], oneofs: readonly protobuf.OneOf[]): string {
  const own = fields.filter(({ field }) => field.partOf === null);
  const keys = [
    ...own.filter(({ field }) => field.repeated),
    ...own.filter(({ field }) => field instanceof protobuf.MapField),
    ...own.filter(({ field }) => !field.repeated && !(field instanceof protobuf.MapField)),
  ].map(({ field, variable }) => `${keyOf(field.name)}: ${variable}`);
  const [only] = oneofs;
  if (only !== undefined && oneofs.length === 1) {
    if (only.fieldsArray.length * (keys.length + 2) <= writtenKeysMax) {
      const cases = only.fieldsArray.map(({ id, name }) => {
        const set = [`${keyOf(name)}: value0`, `${keyOf(only.name)}: ${JSON.stringify(name)}`];
        return `case ${id}: return { ${[...keys, ...set].join(', ')} };`;
      });
      return `switch (member0) {\n${cases.join('\n')}\n}\nreturn { ${keys.join(', ')} };`;
    }
  }
  const adds = oneofs.map((oneof, at) => {
    const cases = oneof.fieldsArray.map(
      ({ id, name }) =>
        `case ${id}: object[${JSON.stringify(name)}] = value${at}; object[${JSON.stringify(oneof.name)}] = ${JSON.stringify(name)}; break;`,
    );
    return `switch (member${at}) {\n${cases.join('\n')}\n}`;
  });
  if (adds.length === 0) return `return { ${keys.join(', ')} };`;
  return `const object = { ${keys.join(', ')} };\n${adds.join('\n')}\nreturn object;`;
}

/** In brackets, so that no name means a prototype. */
function keyOf(name: string): string {
  return `[${JSON.stringify(name)}]`;
}
