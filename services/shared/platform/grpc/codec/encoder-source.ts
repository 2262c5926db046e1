import protobuf from 'protobufjs';
import { delimited } from '../wire-cursor.ts';
import { type ScalarType, scalarType } from './scalar-types.ts';
import { fieldsOf, type TypeTable, tagOf, type ValueType } from './type-table.ts';

/**
 * Gives the source of `encode<index>(message, writer, depth)`, which writes the fields of a message of the table in the order of their numbers. What has its
 * default is left out where the wire cannot tell it from what is absent.
 */
export function encoderSource(table: TypeTable, index: number): string {
  const message = table.messages[index];
  const fields = message === undefined ? [] : fieldsOf(message);
  return `let lengthBytes${index} = 1;
function encode${index}(message, writer, depth) {
if (depth > depthMax) throw tooDeep(${JSON.stringify(message?.fullName.slice(1))});
let value;
${fields.map((field) => fieldSource(table, field)).join('\n')}
}`;
}

function fieldSource(table: TypeTable, field: protobuf.Field): string {
  const value = table.valueOf(field);
  const read = `value = message[${JSON.stringify(field.name)}];`;
  if (field instanceof protobuf.MapField) {
    return `${read}
if (value) {
const map = objectOf(value, ${nameOf(field)});
for (const key of Object.keys(map)) {
value = map[key];
const entry = writer.open(${tagOf(field.id, delimited)}, 1);
${scalarSource(scalarType(field.keyType), 1, mapKey(field.keyType))}
${valueSource(value, field, 2)}
writer.close(entry, 1);
}
}`;
  }
  if (field.repeated) return `${read}\nif (value) {\n${repeatedSource(value, field)}\n}`;
  if (value.kind === 'scalar' && !field.hasPresence) {
    const { coerced, isSet } = value.scalar;
    const write = scalarSource(value.scalar, field.id, 'value');
    return `${read}\nif (value != null) {\nvalue = ${coerced('value')};\nif (${isSet('value')}) {\n${write}\n}\n}`;
  }
  return `${read}\nif (value != null) {\n${valueSource(value, field, field.id)}\n}`;
}

function repeatedSource(value: ValueType, field: protobuf.Field): string {
  const values = `const values = arrayOf(value, ${nameOf(field)});`;
  if (value.kind === 'message' || value.scalar.bytesMax === 0 || !field.packed) {
    return `${values}
for (let index = 0; index < values.length; index += 1) {
value = values[index];
${valueSource(value, field, field.id)}
}`;
  }
  const { call, bytesMax, coerced } = value.scalar;
  return `${values}
if (values.length > 0) {
const packed = writer.packed(${tagOf(field.id, delimited)}, values.length, ${bytesMax});
for (let index = 0; index < values.length; index += 1) {
value = values[index];
writer.${call}(${coerced('value')});
}
writer.endPacked(packed, values.length, ${bytesMax});
}`;
}

/** Writes what `value` holds under a field number. */
function valueSource(value: ValueType, field: protobuf.Field, number: number): string {
  if (value.kind === 'scalar') {
    return scalarSource(value.scalar, number, value.scalar.coerced('value'));
  }
  const { index } = value;
  return `const nested = objectOf(value, ${nameOf(field)});
const begin = writer.open(${tagOf(number, delimited)}, lengthBytes${index});
const left = lengthBytes${index};
encode${index}(nested, writer, depth + 1);
lengthBytes${index} = writer.close(begin, left);`;
}

function scalarSource({ call, wire }: ScalarType, number: number, value: string): string {
  return `writer.tag(${tagOf(number, wire)});\nwriter.${call}(${value});`;
}

/** Keys of an object are texts. */
function mapKey(keyType: string): string {
  if (keyType === 'bool') return "key === 'true'";
  const { wire, call, coerced } = scalarType(keyType);
  if (wire === delimited || call.endsWith('64')) return 'key';
  return coerced('Number(key)');
}

function nameOf(field: protobuf.Field): string {
  return JSON.stringify(field.fullName.replace(/^\./, ''));
}
