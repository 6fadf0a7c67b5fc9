import { completeJobSpec, type JobSpecInput } from '@node3/shared/job-spec';
import { describe, expect, it } from 'vitest';
import { sampleOffer } from '../testing/sample-offer.ts';
import { toExecutionRequest } from './execution-request.ts';
import { readJobSpec } from './job-spec-reader.ts';

const images = { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' };
const price = { kind: 'fixed' as const, reward: { amount: '1', asset: 'SOL' as const } };
const complete = (input: Omit<JobSpecInput, 'price'>) =>
  completeJobSpec({ price, ...input }, images);

describe('readJobSpec', () => {
  it.each([
    complete({ workload: { kind: 'container' } }),
    complete({
      name: 'n',
      labels: { a: 'b' },
      priority: 'urgent',
      workload: {
        kind: 'script',
        language: 'python',
        code: 'x',
        input: { keep: null, deep: [null] },
      },
      inputs: [{ path: 'a/b', source: { kind: 'inline', contentBase64: 'aGk=' } }],
      resources: { gpus: { count: 2, vendor: 'nvidia' }, arch: 'x64' },
      placement: { agents: ['agt_1'], isolationMin: 'native' },
    }),
  ])('gives back a complete spec as it is', (spec) => {
    expect(readJobSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it('refuses everything else', () => {
    const spec = complete({ workload: { kind: 'container' } });
    expect(readJobSpec(null)).toBeNull();
    expect(readJobSpec('spec')).toBeNull();
    expect(readJobSpec({ ...spec, extra: 1 })).toBeNull();
    expect(readJobSpec({ ...spec, workload: { kind: 'container' } })).toBeNull();
    expect(readJobSpec({ ...spec, resources: { ...spec.resources, cpus: -1 } })).toBeNull();
    expect(readJobSpec({ ...spec, limits: { ...spec.limits, runSec: 10 ** 9 } })).toBeNull();
  });
});

describe('toExecutionRequest', () => {
  it('[2.18] says in the executor words what the job asks for', () => {
    const offer = sampleOffer();
    const spec = complete({
      workload: { kind: 'script', language: 'bash', code: 'true', env: { A: 'b' } },
      inputs: [{ path: 'a', source: { kind: 'inline', contentBase64: 'aGk=' } }],
      limits: { runSec: 7, logBytes: 2_048 },
    });
    const request = toExecutionRequest({
      secrets: { env: {}, files: {}, parts: [] },
      offer,
      spec,
      ownerId: 'me',
      devices: [],
    });
    expect(request).toMatchObject({
      executionId: offer.executionId,
      agentId: 'me',
      workload: { kind: 'script', language: 'bash', code: 'true', image: 'b', env: { A: 'b' } },
      limits: { runMs: 7_000, logBytesMax: 2_048 },
      network: 'none',
    });
    expect(request.inputs).toEqual([{ path: 'a', content: Buffer.from('hi') }]);
  });
});
