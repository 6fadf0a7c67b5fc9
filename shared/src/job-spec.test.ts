import { describe, expect, it } from 'vitest';
import { createMessageValidator } from './http/request-validator.ts';
import { completeJobSpec, JobSpecInput } from './job-spec.ts';

const validate = createMessageValidator(JobSpecInput);
const price = { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } } as const;
const minimal = { workload: { kind: 'container', command: ['true'] }, price } as const;

const images = {
  container: 'c',
  python: 'p',
  javascript: 'j',
  typescript: 't',
  bash: 'b',
};

describe('job spec', () => {
  it('accepts the smallest job and completes it', () => {
    expect(validate(minimal)).toEqual([]);
    const spec = completeJobSpec(
      { ...minimal, workload: { kind: 'container', command: ['true'] } },
      images,
    );
    expect(spec.workload.image).toBe('c');
    expect(spec.limits.runSec).toBe(300);
    expect(spec.placement.isolationMin).toBe('container');
  });

  it.each([
    ['an unknown field', { ...minimal, priorty: 'high' }, '/priorty', 'did you mean "priority"?'],
    [
      'a nested unknown field',
      { ...minimal, limits: { runsec: 3 } },
      '/limits/runsec',
      'did you mean "runSec"?',
    ],
    [
      'an address instead of a host',
      { ...minimal, network: { kind: 'egress', hosts: ['10.0.0.1'] } },
      '/network/hosts/0',
      'must match',
    ],
    [
      'no host at all',
      { ...minimal, network: { kind: 'egress', hosts: [] } },
      '/network/hosts',
      'fewer than 1',
    ],
    ['a missing part', { workload: minimal.workload }, '/price', 'is required'],
    [
      'a negative reward',
      { ...minimal, price: { ...price, reward: { amount: '-1', asset: 'SOL' } } },
      '/price/reward/amount',
      'Decimal string',
    ],
    [
      'a wrong asset',
      { ...minimal, price: { ...price, reward: { amount: '1', asset: 'DOGE' } } },
      '/price/reward/asset',
      'must be one of SOL, USDC',
    ],
    [
      'a number as text',
      { ...minimal, limits: { runSec: '5' } },
      '/limits/runSec',
      'must be integer',
    ],
    [
      'a kind of workload that does not exist',
      { ...minimal, workload: { kind: 'wasm' } },
      '/workload/kind',
      'must be one of container, script',
    ],
    [
      'a field of the other kind of workload',
      { ...minimal, workload: { kind: 'script', language: 'bash', code: 'x', command: ['x'] } },
      '/workload/command',
      'is not a known field',
    ],
    [
      'an input path that leaves its folder',
      { ...minimal, inputs: [{ path: '../x', source: { kind: 'inline', contentBase64: '' } }] },
      '/inputs/0/path',
      'Relative to /input',
    ],
  ])('refuses %s, saying where and what', (_name, body, pointer, detail) => {
    const problems = validate(body);
    expect(problems.map((problem) => problem.pointer)).toEqual([pointer]);
    expect(problems[0]?.detail).toContain(detail);
  });
});
