import type { JobSpecInput } from '@node3/shared/job-spec';
import { describe, expect, it } from 'vitest';
import { countAdvanced, fieldOfPointer } from './draft-fields.ts';
import { draftToSpec } from './draft-to-spec.ts';
import { exactSize } from './exact-size.ts';
import { emptyDraft } from './job-draft.ts';
import { askedSpec, newStart, postRequest } from './job-start.ts';
import { mergeDifference } from './merge-difference.ts';
import { specToDraft } from './spec-to-draft.ts';
import { readStoredDraft, storeDraft } from './stored-draft.ts';
import { withAlternative } from './with-alternative.ts';

const wholeSpec: JobSpecInput = {
  name: 'All',
  labels: { team: 'vision' },
  priority: 'high',
  workload: {
    kind: 'container',
    image: 'alpine',
    command: ['sh', '-c', "echo 'a b' | wc"],
    entrypoint: ['/bin/tini', '--'],
    workdir: '/work',
    env: { A: '1' },
    stdin: 'text',
  },
  inputs: [
    { path: 'a.bin', source: { kind: 'artifact', artifactId: `art_${'0'.repeat(26)}` } },
    {
      path: '.',
      source: { kind: 'url', url: 'https://a.example/b', sha256: 'a'.repeat(64), bytesMax: 1e9 },
      unpack: true,
    },
  ],
  outputs: [{ path: 'model.bin' }, { path: 'log', required: false }],
  secrets: { TOKEN: { value: 'hunter2', as: 'env' } },
  resources: {
    gpus: {
      count: 2,
      vendor: 'nvidia',
      models: ['a100'],
      memoryBytesMin: 16e9,
      computeCapabilityMin: '8.6',
      framework: 'cuda',
    },
    cpus: 0.5,
    memoryBytes: 1_234_567_891,
    diskBytes: 3e9,
    shmBytes: 1024 ** 2,
    arch: 'arm64',
  },
  placement: {
    regions: ['eu'],
    agents: ['agt_1'],
    agentsBlocked: ['agt_2'],
    providers: ['1'.repeat(32)],
    providersBlocked: ['2'.repeat(32)],
    labels: { rack: '7' },
    strategy: 'cheapest',
    isolationMin: 'vm',
    interruptible: true,
  },
  network: { kind: 'egress', hosts: ['*.pypi.org'] },
  limits: { queueSec: 1, pullSec: 2, runSec: 3, progressSec: 4, logBytes: 2048 },
  retry: { attemptsMax: 2, on: ['platform'] },
  after: [{ jobId: `job_${'0'.repeat(26)}`, condition: 'ended' }],
  cache: { maxAgeSec: 60, anyTag: true },
  price: {
    kind: 'metered',
    bidPerGpuHour: { amount: '0.5', asset: 'USDC' },
    cap: { amount: '2', asset: 'USDC' },
  },
};

describe('a draft', () => {
  it('holds every field of a spec', () => {
    const { spec, problems } = draftToSpec(specToDraft(wholeSpec));
    expect(spec).toEqual(wholeSpec);
    expect([...problems.found]).toEqual([]);
  });

  it('posts only what is no default', () => {
    const { spec } = draftToSpec(emptyDraft);
    expect(Object.keys(spec).toSorted()).toEqual(['limits', 'price', 'workload']);
  });

  it('names the field of each problem', () => {
    const { problems } = draftToSpec({
      ...emptyDraft,
      code: ' ',
      memory: 'much',
      cpus: '0',
      runSec: '1.5',
      reward: '1e3',
      hosts: ['not a host'],
      env: [{ key: '1', name: '1A', value: 'x' }],
    });
    expect([...problems.found.keys()].toSorted()).toEqual([
      '/limits/runSec',
      '/network/hosts',
      '/price/reward',
      '/resources/cpus',
      '/resources/memoryBytes',
      '/workload/code',
      '/workload/env',
    ]);
  });

  it('finds the field of a pointer, also below a change', () => {
    expect(fieldOfPointer('/resources/gpus/models/0')).toBe('gpuModels');
    expect(fieldOfPointer('/resources/gpus')).toBe('gpuCount');
    expect(fieldOfPointer('/changes/price/cap/amount')).toBe('cap');
    expect(fieldOfPointer('/nowhere')).toBeNull();
  });

  it('counts what the simple form does not show', () => {
    expect(countAdvanced(emptyDraft)).toBe(0);
    expect(countAdvanced({ ...emptyDraft, hosts: ['a.example'], shm: '1MiB' })).toBe(2);
  });
});

describe('a stored draft', () => {
  function memoryStorage(): Storage {
    const kept = new Map<string, string>();
    return {
      get length() {
        return kept.size;
      },
      key: (index) => [...kept.keys()][index] ?? null,
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
      removeItem: (name) => void kept.delete(name),
      clear: () => kept.clear(),
    };
  }

  it('comes back without the values of its secrets', () => {
    const storage = memoryStorage();
    storeDraft(storage, 'job', specToDraft(wholeSpec));
    expect(storage.getItem('node3.draft.job')).not.toContain('hunter2');
    const found = readStoredDraft(storage, 'job');
    expect(found?.secrets).toMatchObject([{ name: 'TOKEN', value: '', as: 'env' }]);
    expect(found?.memory).toBe('1234567891');
  });

  it('is forgotten when it is not one', () => {
    const storage = memoryStorage();
    for (const text of ['{', '{"version":1,"draft":{}}', '{"version":0}', 'null']) {
      storage.setItem('node3.draft.job', text);
      expect(readStoredDraft(storage, 'job')).toBeNull();
    }
  });
});

describe('what is posted', () => {
  it('is the whole spec of a new job', () => {
    expect(postRequest(newStart, wholeSpec)).toEqual({ url: '/api/v1/jobs', body: wholeSpec });
  });

  it('is what a person changed of a job that ran; values that are not shown stay', () => {
    const { secrets: _secrets, after: _after, ...rest } = wholeSpec;
    const shown = {
      ...rest,
      workload: { ...rest.workload, env: { A: '[hidden]', TOKEN: '[hidden]' } },
      secrets: { TOKEN: 'env' },
      secretEnv: ['TOKEN'],
      cache: null,
    };
    const before = askedSpec(shown);
    const start = { kind: 'rerun', jobId: 'job_1', spec: before } as const;
    const draft = specToDraft(before);
    const unchanged = draftToSpec(draft);
    expect([...unchanged.problems.found]).toEqual([]);
    expect(postRequest(start, unchanged.spec).body).toEqual({ changes: {} });
    const { spec } = draftToSpec({ ...draft, memory: '2GiB', gpuFramework: '', name: 'Again' });
    expect(postRequest(start, spec).body).toEqual({
      changes: {
        name: 'Again',
        resources: { gpus: { framework: null }, memoryBytes: 2 * 1024 ** 3 },
      },
    });
  });

  it('has the price that a snippet lacks', () => {
    const spec = { workload: { kind: 'script', language: 'bash', code: 'date' } } as const;
    const start = { kind: 'snippet', snippetId: 'snp_1', spec } as const;
    const body = postRequest(start, draftToSpec(specToDraft(spec)).spec).body;
    expect(body).toMatchObject({ overrides: { price: { kind: 'fixed' } } });
  });
});

describe('mergeDifference', () => {
  it('says what changed and what is gone', () => {
    const before = { a: 1, b: { c: 1, d: [1] }, e: 1 };
    expect(mergeDifference(before, { a: 1, b: { c: 2, d: [1, 2] } })).toEqual({
      b: { c: 2, d: [1, 2] },
      e: null,
    });
  });
});

describe('withAlternative', () => {
  it('writes one value, or takes it away', () => {
    const pointer = '/resources/gpus/memoryBytesMin';
    expect(withAlternative(wholeSpec, { pointer, value: 8 }).resources?.gpus?.memoryBytesMin).toBe(
      8,
    );
    const without = withAlternative(wholeSpec, { pointer: '/placement/regions', value: null });
    expect(without.placement).not.toHaveProperty('regions');
    expect(wholeSpec.placement?.regions).toEqual(['eu']);
  });
});

describe('exactSize', () => {
  it('is as short as it can be and exact', () => {
    expect(exactSize(2 * 1024 ** 3)).toBe('2 GiB');
    expect(exactSize(16e9)).toBe('16 GB');
    expect(exactSize(1_234_567_891)).toBe('1234567891');
  });
});
