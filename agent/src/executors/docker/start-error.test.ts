import { describe, expect, it } from 'vitest';
import { toStartError } from './start-error.ts';

function engineAnswer(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode, json: { message } });
}

describe('toStartError', () => {
  it.each([
    [500, 'Cannot mkdir: /bin/sh is not a directory'],
    [500, 'lstat /var/lib/docker/overlay2/c0/merged/a\u0000b: invalid argument'],
    [500, 'lstat /var/lib/docker/overlay2/c0/merged/aaa: file name too long'],
    [
      400,
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: mkdir /input/x: read-only file system: unknown',
    ],
    [400, 'Duplicate mount point: /output'],
  ])('blames the job for %i %s, without the paths of this machine', (status, message) => {
    const error = toStartError(engineAnswer(status, message));
    expect(error.reason).toBe('request_invalid');
    expect(error.message).not.toContain('/var/lib');
  });

  it.each([
    [500, 'no space left on device'],
    [500, 'server is shutting down'],
  ])('blames nobody but this machine for %i %s', (status, message) => {
    expect(toStartError(engineAnswer(status, message)).reason).toBe('engine_error');
  });

  it('blames this machine when the engine did not answer', () => {
    expect(toStartError(new Error('connect ENOENT: invalid argument')).reason).toBe('engine_error');
  });
});
