import type { JobSpec } from '@node3/shared/job-spec';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BacalhauTestbed } from '../../../testing/bacalhau-testbed.ts';
import {
  type RuntimeEnvironment,
  type RuntimeInput,
  SynthralRuntime,
} from '../../../testing/synthral-runtime.ts';

let bed: BacalhauTestbed;

beforeAll(async () => {
  bed = await BacalhauTestbed.start();
});
afterAll(() => bed.stop());

/** Polls without a pause that a test would notice; its own five seconds are only a number. */
const runtime = (env: Partial<RuntimeEnvironment> = {}) =>
  new SynthralRuntime(
    { BACALHAU_API_URL: bed.market.url, BACALHAU_API_KEY: bed.apiKey, ...env },
    20,
  );

const hello: RuntimeInput = { language: 'python', code: 'print("{}")', input: { a: 1 } };

describe('the runtime of SynthralOS', () => {
  it('runs code: pending, running, completed, and what it wrote as JSON', async () => {
    const synthral = runtime();
    const result = synthral.execute(hello);
    const seen = (state: string) =>
      vi.waitFor(() => expect(synthral.states).toContain(state), { timeout: 20_000 });
    await seen('pending');
    const offer = await bed.begin();
    await seen('running');
    await bed.write(offer, 1, [
      { stream: 'stdout', text: '{"answer":' },
      { stream: 'stdout', text: '42}' },
    ]);
    await bed.calls.report(offer, { logLines: 2 });
    expect(await result).toEqual({
      success: true,
      output: { output: { answer: 42 } },
      metadata: { jobId: offer.jobId, executionTime: expect.any(Number) },
    });
    expect(synthral.states).toEqual(['pending', 'running', 'completed']);
    const { workload, resources, network } = offer.spec as JobSpec;
    expect(workload).toMatchObject({
      image: 'python:3.11-slim',
      entrypoint: ['/bin/bash', '-c'],
      command: [expect.stringContaining('> /tmp/input.json')],
    });
    expect(resources).toMatchObject({ cpus: 1, memoryBytes: 2_000_000_000, gpus: null });
    expect(network).toBeUndefined();
  });

  it('gets text as text, and output.json where nothing was written', async () => {
    const text = runtime().execute({ ...hello, language: 'bash' });
    const written = await bed.runNext({}, [{ stream: 'stdout', text: 'not JSON' }]);
    expect(await text).toMatchObject({ success: true, output: { output: 'not JSON\n' } });
    expect((written.spec as JobSpec).workload.image).toBe('ubuntu:latest');
    const file = runtime().execute({ ...hello, language: 'javascript' });
    const offer = await bed.begin();
    await bed.keep(offer, 'output.json', '{"from":"file"}');
    await bed.calls.report(offer);
    expect(await file).toMatchObject({ success: true, output: { output: { from: 'file' } } });
  });

  it('has its options, and the variables of its environment where they are not given', async () => {
    const asked = { gpu: true, gpuCount: 1, memory: '4GB', cpu: '2' };
    const explicit = runtime().execute({ ...hello, ...asked });
    const offer = await bed.runNext();
    expect((offer.spec as JobSpec).resources).toMatchObject({
      cpus: 2,
      memoryBytes: 4_000_000_000,
      gpus: { count: 1 },
    });
    await explicit;
    const env = { BACALHAU_GPU_ENABLED: 'true', BACALHAU_GPU_COUNT: '1' };
    const byEnvironment = runtime(env).execute(hello);
    const second = await bed.runNext();
    expect((second.spec as JobSpec).resources.gpus).toMatchObject({ count: 1 });
    await byEnvironment;
  });

  it('hears of a job that failed, and of one that it may not post', async () => {
    const failing = runtime().execute(hello);
    await bed.runNext({ outcome: 'failed', reason: 'out_of_memory', exitCode: 137 });
    expect(await failing).toMatchObject({
      success: false,
      error: {
        code: 'BACALHAU_JOB_FAILED',
        message: 'The program used more memory than the job allows.',
      },
    });
    const refused = await runtime().execute({ ...hello, memory: 'much' });
    expect(refused).toMatchObject({
      success: false,
      error: {
        code: 'BACALHAU_EXECUTION_ERROR',
        message: expect.stringContaining('/Job/Resources/Memory'),
      },
      metadata: { jobId: null },
    });
    const wrongKey = await runtime({ BACALHAU_API_KEY: 'wrong' }).execute(hello);
    expect(wrongKey.error).toMatchObject({ details: { Status: 401, Code: 'Unauthorized' } });
  });

  it('stops what takes longer than its timeout, and hears where nobody answers', async () => {
    const late = await runtime({ BACALHAU_TIMEOUT: '40' }).execute(hello);
    expect(late).toMatchObject({ success: false, error: { code: 'BACALHAU_TIMEOUT' } });
    const job = await bed.market.store.job(late.metadata.jobId ?? '');
    expect(job?.state).toBe('cancelled');
    const none = await runtime({ BACALHAU_API_URL: 'http://127.0.0.1:1' }).execute(hello);
    expect(none).toMatchObject({ success: false, error: { code: 'BACALHAU_NOT_AVAILABLE' } });
  });
});
