import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { expect, it } from 'vitest';
import { sampleContainer, sampleRequest } from '../../testing/sample-request.ts';
import { startContainer } from './container-launch.ts';

const workload = sampleContainer({ image: 'busybox', stdin: 'text' });
const request = sampleRequest({ agentId: 'agt_1', workload });

it.each(['input', 'output', 'start'])(
  'lets go of what is attached where the %s fails',
  async (what) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answer = <T>(name: string, value: T) =>
      name === what ? Promise.reject(new Error(name)) : Promise.resolve(value);
    const dial = (_options: object, done: (error: Error | null, found: unknown) => void) =>
      what === 'input' ? done(new Error(what), null) : done(null, input);
    const docker = { modem: { dial } } as unknown as Docker;
    const attach = () => answer('output', output);
    const start = () => answer('start', null);
    const container = { attach, start } as unknown as Docker.Container;
    await expect(startContainer({ docker }, container, request, 'docker')).rejects.toThrow(what);
    expect(input.destroyed).toBe(what !== 'input');
    expect(output.destroyed).toBe(what !== 'output');
  },
);
