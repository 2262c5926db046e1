/** What a bad request is answered with. */
export interface Refusal {
  /** gRPC status code. */
  readonly code: number;
  readonly reason: string;
  readonly message: RegExp;
  /** Field that BadRequest names. */
  readonly field?: string;
}

const invalid = 3;
const notFound = 5;
const timeMs = Date.UTC(2001, 5, 1, 1);

/** What a request for a prediction has otherwise than it should, that part, and what it is answered with. */
export const badRequests: readonly (readonly [string, object, Refusal])[] = [
  [
    'an unknown model',
    { model: 'weather' },
    {
      code: notFound,
      reason: 'MODEL_UNKNOWN',
      message: /no model is called 'weather'; this mesh has flight-delay/,
    },
  ],
  [
    'no model',
    { model: '' },
    { code: notFound, reason: 'MODEL_UNKNOWN', message: /no model is called ''/ },
  ],
  [
    'a missing entity',
    { entities: { origin: 'ORD' } },
    {
      code: invalid,
      reason: 'ENTITY_MISSING',
      message:
        /wanted the entity key 'destination' of model 'flight-delay', got none; name all of origin, destination/,
      field: 'entities.destination',
    },
  ],
  [
    'an entity too many',
    { entities: { origin: 'ORD', destination: 'LAX', airline: 'UA' } },
    {
      code: invalid,
      reason: 'ENTITY_INVALID',
      message: /has no entity key 'airline'; it has origin, destination/,
      field: 'entities.airline',
    },
  ],
  [
    'an empty entity',
    { entities: { origin: '', destination: 'LAX' } },
    {
      code: invalid,
      reason: 'ENTITY_INVALID',
      message: /wanted a text of 1 to 256 characters, got 0/,
      field: 'entities.origin',
    },
  ],
  [
    'a NUL in an entity',
    { entities: { origin: 'O\u0000D', destination: 'LAX' } },
    {
      code: invalid,
      reason: 'ENTITY_INVALID',
      message: /wanted a text without control characters, got "O\\u0000D"/,
      field: 'entities.origin',
    },
  ],
  [
    'an entity of 257 characters',
    { entities: { origin: 'x'.repeat(257), destination: 'LAX' } },
    {
      code: invalid,
      reason: 'ENTITY_INVALID',
      message: /got 257 characters/,
      field: 'entities.origin',
    },
  ],
  [
    'an entity with the separator of keys in it',
    { entities: { origin: 'ORD\u001fLAX', destination: 'LAX' } },
    {
      code: invalid,
      reason: 'ENTITY_INVALID',
      message: /entities\.origin/,
      field: 'entities.origin',
    },
  ],
  [
    'a missing request feature',
    { requestFeatures: { date: { timeMs } } },
    {
      code: invalid,
      reason: 'REQUEST_FEATURE_MISSING',
      message: /wanted the request feature 'distance' \(number\) of model 'flight-delay', got none/,
      field: 'request_features.distance',
    },
  ],
  [
    'a request feature of another type',
    { requestFeatures: { date: { timeMs }, distance: { text: 'far' } } },
    {
      code: invalid,
      reason: 'REQUEST_FEATURE_INVALID',
      message: /wanted a number, got text/,
      field: 'request_features.distance',
    },
  ],
  [
    'a request feature without a value',
    { requestFeatures: { date: { timeMs }, distance: {} } },
    {
      code: invalid,
      reason: 'REQUEST_FEATURE_INVALID',
      message: /wanted a number, got null/,
      field: 'request_features.distance',
    },
  ],
  ...[Number.NaN, Number.POSITIVE_INFINITY].map(
    (number) =>
      [
        `a request feature that is ${number}`,
        { requestFeatures: { date: { timeMs }, distance: { number } } },
        {
          code: invalid,
          reason: 'REQUEST_FEATURE_INVALID',
          message: /wanted a finite number, got (NaN|Infinity)/,
          field: 'request_features.distance',
        },
      ] as const,
  ),
  [
    'a date outside the calendar',
    { requestFeatures: { date: { timeMs: 1e300 }, distance: { number: 1 } } },
    {
      code: invalid,
      reason: 'REQUEST_FEATURE_INVALID',
      message: /wanted whole milliseconds since the Unix epoch/,
      field: 'request_features.date',
    },
  ],
  [
    'a request feature too many',
    { requestFeatures: { date: { timeMs }, distance: { number: 1 }, colour: { text: 'red' } } },
    {
      code: invalid,
      reason: 'REQUEST_FEATURE_UNKNOWN',
      message: /has no request feature 'colour'; it has date, distance/,
      field: 'request_features.colour',
    },
  ],
  [
    'a time where the clock is real',
    { atMs: timeMs },
    {
      code: invalid,
      reason: 'INVALID_FIELD',
      message: /wanted 0: this mesh runs on the real clock/,
      field: 'at_ms',
    },
  ],
];
