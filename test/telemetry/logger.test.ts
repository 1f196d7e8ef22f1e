import { describe, expect, test } from 'vitest';
import { type LogFormat, type LogLevel, createLogger } from '../../src/telemetry/logger.ts';

/** What was written by the time that `log` returns: nothing may be lost in a buffer. */
function written(format: LogFormat, log: (logger: ReturnType<typeof createLogger>) => void, level: LogLevel = 'info') {
  const lines: string[] = [];
  log(createLogger({ level, format, destination: { write: (line) => lines.push(line) } }));
  return lines.join('');
}

describe('json', () => {
  test('is one object a line, with a level in words and an ISO time', () => {
    const line = JSON.parse(written('json', (logger) => logger.info({ key: 'shop/web' }, 'Wrote'))) as unknown;
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      key: 'shop/web',
      msg: 'Wrote',
    });
  });

  test('errors come with their causes', () => {
    const line = written('json', (logger) =>
      logger.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'Reconcile failed'),
    );
    expect(line).toMatch(/outer[^]*inner/);
  });

  test('says nothing below its level', () => {
    expect(written('json', (logger) => logger.debug('x'))).toBe('');
    expect(written('json', (logger) => logger.debug('x'), 'debug')).not.toBe('');
  });
});

test('text is a line for people, without loss at an exit', () => {
  const line = written('text', (logger) => logger.warn({ key: 'shop/web' }, 'List or watch failed'));
  expect(line).toMatch(/WARN.*List or watch failed.*shop\/web/);
  expect(line.trimEnd()).not.toContain('\n');
});

describe.each(['json', 'text'] as const)('no credential is logged as %s', (format) => {
  test.each([
    ['under a key', { token: 's3cr3t-t0ken' }],
    ['in headers', { headers: { Authorization: 's3cr3t-t0ken' } }],
    ['two levels down', { request: { headers: { authorization: 's3cr3t-t0ken' } } }],
    ['inside a text', { note: 'sent Bearer s3cr3t-t0ken to the server' }],
    ['inside an error', { err: new Error('refused: Authorization: Bearer s3cr3t-t0ken') }],
  ])('%s', (_name, fields) => {
    const line = written(format, (logger) => logger.error(fields, 'Failed'));
    expect(line).toContain('[redacted]');
    expect(line).not.toContain('s3cr3t');
  });
});
