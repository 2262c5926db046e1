import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import protobuf from 'protobufjs';
import { decodeResponse, encodeRequest } from './canonical-json.ts';
import { loadSchema } from './load-schema.ts';

const { root } = protobuf.parse(`
  syntax = "proto3";
  package test;
  enum Colour { COLOUR_UNSPECIFIED = 0; COLOUR_RED = 1; }
  message Inner { double number = 1; }
  message Outer {
    string a_text = 1; bool flag = 2; int32 whole = 3; uint64 long = 4; double real = 5; bytes blob = 6;
    Colour colour = 7; Inner inner = 8; repeated Inner list = 9; map<string, Inner> by_name = 10; repeated int32 numbers = 11;
  }`);
const type = root.lookupType('test.Outer');
const sent = (request: unknown) => decodeResponse(type, encodeRequest(type, request));
const empty = {
  aText: '',
  flag: false,
  whole: 0,
  long: '0',
  real: 0,
  blob: '',
  colour: 'COLOUR_UNSPECIFIED',
  inner: null,
  list: [],
  byName: {},
  numbers: [],
};

describe('encodeRequest and decodeResponse', () => {
  it('carry every kind of field, with all fields in an answer', () => {
    assert.deepEqual(sent({}), empty);
    const whole = {
      aText: 'x',
      flag: true,
      whole: -3,
      long: '18446744073709551615',
      real: 0.1,
      blob: 'AQID',
      colour: 'COLOUR_RED',
      inner: { number: 1 },
      list: [{ number: 2 }, { number: 0 }],
      byName: { a: { number: 3 } },
      numbers: [1, 2],
    };
    assert.deepEqual(sent(whole), whole);
  });

  it("take what Protobuf's JSON takes: names of the proto file, numbers as texts, enums as numbers, null for nothing", () => {
    const request = {
      a_text: 'x',
      whole: '7',
      long: 5,
      real: '0.5',
      colour: 1,
      inner: null,
      flag: undefined,
    };
    const wanted = { ...empty, aText: 'x', whole: 7, long: '5', real: 0.5, colour: 'COLOUR_RED' };
    assert.deepEqual(sent(request), wanted);
    assert.deepEqual(sent({ real: 'NaN' }), { ...empty, real: 'NaN' });
    assert.deepEqual(sent({ real: Number.NEGATIVE_INFINITY }), { ...empty, real: '-Infinity' });
  });

  it('refuse what k6 would refuse, and name the field', () => {
    const wrongs: readonly (readonly [unknown, RegExp])[] = [
      [{ text: 'x' }, /Outer: no field 'text'; it has aText, /],
      [{ inner: { nmber: 1 } }, /Outer\.inner: no field 'nmber'/],
      [{ aText: 1 }, /Outer\.aText: wanted a string, got 1/],
      [{ flag: 'true' }, /Outer\.flag: wanted true or false, got "true"/],
      [{ whole: 1.5 }, /Outer\.whole: wanted a whole number \(int32\), got 1\.5/],
      [{ whole: '' }, /wanted a whole number/],
      [{ real: 'x' }, /Outer\.real: wanted a number, got "x"/],
      [{ blob: [1] }, /wanted base64/],
      [{ colour: 'RED' }, /wanted Colour \(COLOUR_UNSPECIFIED, COLOUR_RED\), got "RED"/],
      [{ inner: 1 }, /Outer\.inner: wanted an object \(Inner\), got 1/],
      [{ list: {} }, /Outer\.list: wanted an array/],
      [{ list: [1] }, /Outer\.list\[0\]: wanted an object/],
      [{ byName: [] }, /Outer\.byName: wanted an object/],
      [
        { byName: { a: { number: false } } },
        /Outer\.byName\.a\.number: wanted a number, got false/,
      ],
      ['x', /Outer: wanted an object/],
    ];
    for (const [request, message] of wrongs) {
      assert.throws(() => encodeRequest(type, request), { name: 'TypeError', message });
    }
  });
});

describe('loadSchema', () => {
  it('finds the unary methods of a file and what it imports, and marks those that stream', () => {
    const schema = loadSchema(['proto'], ['mlmesh/router/v1/router_service.proto']);
    const predict = schema.get('/mlmesh.router.v1.RouterService/Predict');
    assert.equal(predict?.service, 'mlmesh.router.v1.RouterService');
    const request = { model: 'm', atMs: 1.5, requestFeatures: { date: { timeMs: 5 } } };
    const bytes = encodeRequest(predict?.request ?? type, request);
    assert.ok(bytes.length > 0);
    assert.ok(schema.has('/mlmesh.router.v1.RouterService/PredictStream'));
    assert.equal(schema.get('/mlmesh.router.v1.RouterService/PredictStream'), undefined);
    assert.ok(!schema.has('/mlmesh.router.v1.RouterService/Other'));
  });
  it('says where it looked for a file that is not there', () => {
    assert.throws(
      () => loadSchema(['proto', 'test'], ['nothing.proto']),
      /no nothing\.proto in proto or test/,
    );
  });
});
