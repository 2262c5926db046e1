import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../kernel/mesh-error.ts';
import { type EventLoggerOptions, eventLogger } from './event-logger.ts';

function arrange(options: Partial<EventLoggerOptions> = {}) {
  const lines: string[] = [];
  const log = eventLogger({
    service: 'router',
    format: 'json',
    levelMin: 'info',
    write: (line) => lines.push(line),
    epochMs: () => 0,
    otel: undefined,
    ...options,
  });
  return { lines, log };
}

describe('eventLogger', () => {
  it('writes one JSON object a line', () => {
    const { lines, log } = arrange();
    log.info('model-loaded', { model: 'flight-delay', version: 2 });
    assert.deepEqual(JSON.parse(lines[0] ?? ''), {
      time: '1970-01-01T00:00:00.000Z',
      level: 'info',
      service: 'router',
      event: 'model-loaded',
      model: 'flight-delay',
      version: 2,
    });
    assert.ok(lines[0]?.endsWith('}\n'));
  });

  it('writes text for a person, one line whatever the fields hold', () => {
    const { lines, log } = arrange({ format: 'text' });
    log.warn('peer-lost', { peer: 'feature', message: 'a\nb' });
    assert.equal(
      lines[0],
      '1970-01-01T00:00:00.000Z warn  router peer-lost peer=feature message="a\\nb"\n',
    );
  });

  it('drops lines below its level', () => {
    const { lines, log } = arrange();
    log.debug('frame-sent');
    assert.deepEqual(lines, []);
  });

  it('says what stands behind an error of the mesh', () => {
    const { lines, log } = arrange();
    const error = new MeshError({
      code: 'INTERNAL',
      reason: 'INTERNAL',
      message: 'the mesh failed',
      cause: new TypeError('a bug'),
    });
    log.error('internal-error', {}, error);
    const line = JSON.parse(lines[0] ?? '');
    assert.equal(line.message, 'the mesh failed');
    assert.match(line.cause, /^TypeError: a bug\n +at /);
  });

  it('says what was thrown', () => {
    const { lines, log } = arrange();
    const error = new MeshError({
      code: 'UNAVAILABLE',
      reason: 'PEER_UNAVAILABLE',
      message: 'gone',
    });
    log.error('read-failed', { model: 'm' }, error);
    const line = JSON.parse(lines[0] ?? '');
    assert.deepEqual([line.message, line.reason, line.model], ['gone', 'PEER_UNAVAILABLE', 'm']);
  });
});
