import { describe, expect, it } from 'vitest';
import { withLogContext } from './log-context.ts';
import { createLogger, type LoggerOptions } from './logger.ts';

function logger(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, log: createLogger({ name: 'test', level: 'info', destination, ...options }) };
}

describe('a log line', () => {
  it('[11.03] says what is being worked on, however deep inside it is written', async () => {
    const { lines, log } = logger();
    await withLogContext({ requestId: 'request-1' }, async () => {
      await Promise.resolve();
      withLogContext({ jobId: 'job-1' }, () => log.info({ tookMs: 3 }, 'done'));
      log.info({ requestId: 'its own word' }, 'said');
    });
    log.info('outside');
    const [inner, own, outside] = lines.map((line) => JSON.parse(line) as object);
    expect(inner).toMatchObject({ requestId: 'request-1', jobId: 'job-1', tookMs: 3, msg: 'done' });
    expect(own).toMatchObject({ requestId: 'its own word' });
    expect(lines[1]?.match(/requestId/g)).toHaveLength(1);
    expect(outside).not.toHaveProperty('requestId');
  });

  it('[11.03] has no secret, whether it is a field, in an address or in the words of an error', () => {
    const { lines, log } = logger({ level: 'debug' });
    const apiKey = `n3_key_${'A'.repeat(26)}_${'s'.repeat(43)}`;
    const secrets = [
      's'.repeat(43),
      'hunter2',
      'rpc-key-of-ours',
      'job-secret-'.repeat(3),
      'tok3n',
    ];
    log.info({ apiKey, nested: { leaseToken: 'hunter2', password: 'hunter2' } }, 'fields');
    log.warn({ err: new Error(`fetch https://user:hunter2@rpc.example/?api-key=rpc-key-of-ours`) });
    log.error({ err: new Error('refused', { cause: new Error(`Bearer ${apiKey}`) }) }, 'cause');
    log.debug({ url: 'postgres://node3:hunter2@db/node3', text: `key ${apiKey} was used` });
    log.info({ text: `n3_job_${'job-secret-'.repeat(3)}`, token: 'tok3n' }, 'a token');
    const text = lines.join('');
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).toContain('rpc.example');
    expect(text).toContain(`n3_key_${'A'.repeat(26)}_[redacted]`);
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('is left out below the level', () => {
    const { lines, log } = logger({ level: 'warn' });
    log.info('quiet');
    log.warn('loud');
    expect(lines).toHaveLength(1);
  });

  it('is for people where that is asked for, without control characters of others', () => {
    const { lines, log } = logger({ format: 'pretty' });
    log.warn({ jobId: 'job-1', text: 'a b', raw: '\u001b[2J' }, 'hello');
    log.error({ err: new Error('broken') }, 'failed');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN test hello jobId=job-1 text="a b" raw=/);
    expect(lines[0]).not.toContain('\u001b');
    expect(lines[1]).toContain('Error: broken\n    at ');
  });

  it('is JSON where nobody looks at a terminal', () => {
    const { lines, log } = logger({ format: 'auto' });
    log.info('hello');
    expect(lines[0]).toMatch(process.stderr.isTTY ? /^\d\d:/ : /^\{/);
  });
});
