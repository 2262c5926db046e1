import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { exitCodeOf, exitCodes, UsageError } from './exit-code.ts';
import { errorAsJson, renderError } from './render-error.ts';

const refused = new MeshError({
  code: 'INVALID_ARGUMENT',
  reason: 'ENTITY_MISSING',
  message: 'wanted origin, got nothing; add it',
  violations: [{ field: 'entities.origin', description: 'missing' }],
  retry: { kind: 'after', delayMs: 50 },
  cause: new Error('wire said no', { cause: new Error('socket closed') }),
});

describe('renderError', () => {
  it('says what was wanted, which field, by which reason, and what caused it', () => {
    assert.equal(
      renderError(refused),
      `mlmesh: wanted origin, got nothing; add it
  entities.origin: missing
  reason: ENTITY_MISSING (INVALID_ARGUMENT)
  try again in 50 ms
  caused by: wire said no
  caused by: socket closed
`,
    );
  });
  it('leaves out a cause that the message repeats', () => {
    const error = new MeshError({
      code: 'INTERNAL',
      reason: 'INTERNAL',
      message: 'disk said: full',
      cause: new Error('full'),
    });
    assert.doesNotMatch(renderError(error), /caused by/);
    const wire = new MeshError({
      code: 'NOT_FOUND',
      reason: 'MODEL_UNKNOWN',
      message: 'no such model',
      cause: new Error('5 NOT_FOUND: no such model'),
    });
    assert.doesNotMatch(renderError(wire), /caused by/);
  });
  it('shows the stack of what nobody foresaw', () => {
    assert.match(renderError(new TypeError('x is undefined')), /unexpected error[\s\S]+at /);
  });
});

describe('errorAsJson', () => {
  it('carries what programs match on', () => {
    const { error } = errorAsJson(refused) as { readonly error: { readonly reason: string } };
    assert.equal(error.reason, 'ENTITY_MISSING');
  });
});

describe('exitCodeOf', () => {
  it('tells a wrong command line, a mesh that is down, and what failed', () => {
    const down = new MeshError({ code: 'UNAVAILABLE', reason: 'PEER_UNAVAILABLE', message: 'x' });
    assert.equal(exitCodeOf(new UsageError('x')), exitCodes.usage);
    assert.equal(exitCodeOf(down), exitCodes.notRunning);
    assert.equal(exitCodeOf(refused), exitCodes.failed);
    assert.equal(exitCodeOf(new TypeError('x')), exitCodes.failed);
  });
});
