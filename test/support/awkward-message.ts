import protobuf from 'protobufjs';

/** Gives the next of a row of whole numbers from 0 to 255. */
export type Chance = () => number;

const wholeNumbers = ['0', '-1', 5, -5, '9223372036854775807', '-9223372036854775808'];
const longs = [...wholeNumbers, '9007199254740993', '-9007199254740993', 2 ** 53, '4294967296'];
const texts = [
  '',
  'a',
  'flight-delay',
  'é',
  '日本語',
  '😀',
  '\u0000',
  '7',
  '__proto__',
  'toString',
];
const lengths = [15, 16, 17, 39, 40, 43, 127, 128, 130];
const longTexts = lengths.flatMap((length) => ['x'.repeat(length), 'é'.repeat(length)]);

/** Values of each scalar type at which codecs differ from each other. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  double: [0, -0, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, -1e308, 5e-324, 2 ** 53 + 2],
  float: [0, -0, 1.5, -1, Number.NaN, Number.NEGATIVE_INFINITY, 1e-40, 3.4e38],
  int32: [0, 1, -1, 127, 128, 300, 2 ** 31 - 1, -(2 ** 31)],
  sint32: [0, 1, -1, 63, -64, 64, 2 ** 31 - 1, -(2 ** 31)],
  sfixed32: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)],
  uint32: [0, 1, 127, 128, 16_383, 16_384, 2 ** 32 - 1],
  fixed32: [0, 1, 2 ** 32 - 1],
  int64: longs,
  sint64: longs,
  sfixed64: longs,
  uint64: ['0', '7', 7, '9007199254740993', '18446744073709551615', '4294967295'],
  fixed64: ['0', '7', 7, '9007199254740993', '18446744073709551615'],
  bool: [false, true],
  string: [...texts, ...longTexts],
  bytes: [0, 1, 8, 127, 128, 5_000].map((length) => Buffer.alloc(length, 'b')),
};

/** Makes a message as callers give it: each field absent, null or with an awkward value; at most one member of a oneof. */
export function awkwardMessage(
  type: protobuf.Type,
  chance: Chance,
  depth = 0,
): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  const taken = new Set<protobuf.OneOf>();
  for (const field of type.fieldsArray) {
    if (field.partOf !== null && taken.has(field.partOf)) continue;
    const choice = chance() % 8;
    if (choice === 0) message[field.name] = null;
    if (choice < 3) continue;
    if (depth > 3 && field.resolvedType instanceof protobuf.Type) continue;
    if (field.partOf !== null) taken.add(field.partOf);
    message[field.name] = fieldOf(field, chance, depth);
  }
  return message;
}

function fieldOf(field: protobuf.Field, chance: Chance, depth: number): unknown {
  if (!field.repeated && !field.map) return awkwardValue(field, chance, depth);
  const items = Array.from({ length: chance() % 4 }, () => awkwardValue(field, chance, depth));
  if (!(field instanceof protobuf.MapField)) return items;
  const keys = values[field.keyType] ?? [];
  const entries = items.map((item) => [String(keys[chance() % keys.length]), item] as const);
  return Object.fromEntries(entries);
}

function awkwardValue(
  { type, resolvedType }: protobuf.Field,
  chance: Chance,
  depth: number,
): unknown {
  if (resolvedType instanceof protobuf.Type) return awkwardMessage(resolvedType, chance, depth + 1);
  const choices =
    resolvedType === null
      ? values[type]
      : [...Object.entries(resolvedType.values).flat(), 999, -1, 2 ** 31 - 1];
  return choices?.[chance() % choices.length];
}
