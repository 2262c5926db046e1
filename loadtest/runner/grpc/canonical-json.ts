import protobuf from 'protobufjs';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Encodes a request given as Protobuf's JSON, as strictly as k6 does, so that a script that runs here runs there.
 * @throws {TypeError} naming the field that is unknown or has a value of another type
 * @source https://protobuf.dev/programming-guides/json/
 */
export function encodeRequest(type: protobuf.Type, request: unknown): Uint8Array {
  return type.encode(type.fromObject(messageOf(type, request, type.name))).finish();
}

/** Decodes an answer into Protobuf's JSON with all fields, as k6 does: 64-bit integers and enums are strings, bytes are base64. */
export function decodeResponse(type: protobuf.Type, bytes: Uint8Array): object {
  const json = { longs: String, enums: String, bytes: String, defaults: true, json: true };
  return type.toObject(type.decode(bytes), json);
}

function messageOf(type: protobuf.Type, value: unknown, place: string): object {
  if (type.fullName.startsWith('.google.protobuf.')) {
    throw new TypeError(
      `${place}: ${type.fullName.slice(1)} has a JSON form of its own, which this runner does not have; run the script with k6 itself`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(place, `an object (${type.name})`, value);
  }
  const fields = Object.entries(value as Fields).flatMap(([key, one]) => {
    const field = fieldOf(type, key, place);
    const at = `${place}.${key}`;
    return one === null || one === undefined
      ? []
      : [[field.name, fieldValue(field, one, at)] as const];
  });
  return Object.fromEntries(fields);
}

/** A field is known by its name in JSON, and by that in the proto file. */
function fieldOf(type: protobuf.Type, key: string, place: string): protobuf.Field {
  const names = type.fields;
  const camel = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const field = names[key] ?? names[camel];
  if (field === undefined) {
    throw new TypeError(`${place}: no field '${key}'; it has ${Object.keys(names).join(', ')}`);
  }
  return field.resolve();
}

function fieldValue(field: protobuf.Field, value: unknown, place: string): unknown {
  if (field instanceof protobuf.MapField) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong(place, 'an object', value);
    }
    return Object.fromEntries(
      Object.entries(value as Fields).map(([key, one]) => [
        key,
        singleValue(field, one, `${place}.${key}`),
      ]),
    );
  }
  if (!field.repeated) return singleValue(field, value, place);
  if (!Array.isArray(value)) throw wrong(place, 'an array', value);
  return value.map((one: unknown, index) => singleValue(field, one, `${place}[${index}]`));
}

function singleValue(
  { type, resolvedType }: protobuf.Field,
  value: unknown,
  place: string,
): unknown {
  if (resolvedType instanceof protobuf.Type) return messageOf(resolvedType, value, place);
  if (resolvedType instanceof protobuf.Enum) return enumValue(resolvedType, value, place);
  if (type === 'string' || type === 'bytes') {
    if (typeof value === 'string') return value;
    throw wrong(place, type === 'bytes' ? 'base64' : 'a string', value);
  }
  if (type === 'bool') {
    if (typeof value === 'boolean') return value;
    throw wrong(place, 'true or false', value);
  }
  return numberValue(type, value, place);
}

function enumValue({ name, values }: protobuf.Enum, value: unknown, place: string): number {
  const number = typeof value === 'string' ? values[value] : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw wrong(place, `${name} (${Object.keys(values).join(', ')})`, value);
}

function numberValue(type: string, value: unknown, place: string): unknown {
  const isFloat = type === 'double' || type === 'float';
  if (isFloat && ['NaN', 'Infinity', '-Infinity'].includes(String(value))) return Number(value);
  const isText = typeof value === 'string' && value.trim() !== '';
  const number = typeof value === 'number' || isText ? Number(value) : Number.NaN;
  if (Number.isFinite(number) && (isFloat || Number.isInteger(number)))
    return isText ? value : number;
  throw wrong(place, isFloat ? 'a number' : `a whole number (${type})`, value);
}

function wrong(place: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${place}: wanted ${wanted}, got ${JSON.stringify(value) ?? typeof value}`);
}
