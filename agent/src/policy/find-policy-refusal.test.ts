import { completeJobSpec, type JobSpecInput } from '@node3/shared/job-spec';
import type { Money } from '@node3/shared/money';
import type { ProviderPolicy } from '@node3/shared/provider-policy';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askOf, findPolicyRefusal, offeredAsks, type PolicyTerms } from './find-policy-refusal.ts';
import { findImageRefusal, readImageName } from './image-rules.ts';
import { openTerms } from './testing/open-terms.ts';

const images = { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' };
const usdc = (amount: string) => ({ amount, asset: 'USDC' as const });
const requesterId = 'acc_06BR2J0S7XW8Z3Q1T5M4N6P9KD';

function refusal(
  policy: Partial<ProviderPolicy>,
  input: Partial<JobSpecInput> = {},
  terms: Partial<PolicyTerms> = {},
  rate: Money | null = null,
): string | null {
  const workload = { kind: 'container' as const, image: 'python:3.12' };
  const price = { kind: 'metered' as const, bidPerGpuHour: usdc('0.3'), cap: usdc('5') };
  const spec = completeJobSpec({ workload, price, ...input }, images);
  const deviceIds = input.resources?.gpus ? ['gpu-1'] : [];
  return findPolicyRefusal(openTerms(policy, terms), { spec, deviceIds, requesterId, rate });
}

const gpu = { resources: { gpus: { count: 1 } } };

describe('findPolicyRefusal', () => {
  it('refuses nothing that no field speaks of', () => {
    expect(refusal({})).toBeNull();
    expect(refusal({}, gpu)).toBeNull();
  });

  it.each<[string, Partial<ProviderPolicy>, Partial<JobSpecInput>, RegExp]>([
    ['a blocked requester', { requestersBlocked: [requesterId] }, {}, /blocks the requester acc_/],
    ['an image', { imagesAllowed: ['ghcr.io/acme/*'] }, {}, /image docker.io\/library\/python/],
    ['a registry', { registriesAllowed: ['ghcr.io'] }, {}, /no images from docker.io/],
    [
      'a host',
      { egressHosts: ['a.example.com'] },
      { network: { kind: 'egress', hosts: ['b.example.com'] } },
      /wants to reach hosts/,
    ],
    ['a price', { asks: { '*': { SOL: null, USDC: usdc('0.31') } } }, gpu, /less .* 0.31 USDC/],
  ])('refuses %s with a sentence', (_, policy, input, sentence) => {
    expect(refusal(policy, input)).toMatch(sentence);
  });

  it('[5.15] asks nothing for work without a GPU, and by class for work with one', () => {
    const asks = { '*': { SOL: null, USDC: usdc('9') }, l4: { SOL: null, USDC: usdc('0.3') } };
    expect(refusal({ asks })).toBeNull();
    expect(refusal({ asks }, gpu, { modelIds: new Map([['gpu-1', 'l4']]) })).toBeNull();
    expect(refusal({ asks }, gpu, { modelIds: new Map([['gpu-1', null]]) })).toMatch(/9 USDC/);
  });

  it('compares its ask with what is paid, where the marketplace says it, and not with the bid', () => {
    const asks = { '*': { SOL: null, USDC: usdc('0.25') } };
    const paid = (rate: Money) => refusal({ asks }, gpu, {}, rate);
    expect(paid(usdc('0.25'))).toBeNull();
    expect(paid(usdc('0.249999'))).toMatch(/less .* 0.25 USDC/);
    expect(paid({ amount: '9', asset: 'SOL' })).toMatch(/priced in USDC .* paid in SOL/);
  });

  it('says first why the machine is closed, then why the device is not sold', () => {
    const withheld = new Map([['gpu-1', { text: 'It is hot.' }]]);
    expect(refusal({}, gpu, { verdict: { closed: null, withheld } })).toBe('It is hot.');
    expect(refusal({}, {}, { verdict: { closed: null, withheld } })).toBeNull();
    expect(refusal({}, gpu, { verdict: { closed: { text: 'It is night.' }, withheld } })).toBe(
      'It is night.',
    );
  });
});

describe('offeredAsks', () => {
  it('tells of every device that is sold exactly what is asked for it', () => {
    const ask = fc.option(
      fc.integer({ min: 1, max: 100 }).map((n) => usdc(`0.${n}`)),
      { nil: null },
    );
    const classes = fc.constantFrom('*', 'l4', 'rtx-4090', 'h100-80gb');
    const tables = fc.dictionary(classes, fc.record({ SOL: fc.constant(null), USDC: ask }));
    const models = fc.array(fc.option(fc.constantFrom('l4', 'rtx-4090', 'a10'), { nil: null }));
    fc.assert(
      fc.property(tables, models, (asks, sold) => {
        const { asks: rest, classAsks = {} } = offeredAsks(asks, sold);
        for (const model of sold) {
          const own = model === null ? undefined : classAsks[model];
          expect(own ?? rest).toEqual(askOf(asks, model));
        }
      }),
    );
  });
});

describe('images', () => {
  const allows = (entry: string, image: string) =>
    findImageRefusal(image, { imagesAllowed: [entry], registriesAllowed: null }) === null;

  it.each([
    ['python', 'python'],
    ['python', 'docker.io/library/python:3.12'],
    ['python', 'index.docker.io/python@sha256:0'],
    ['python:3.12', 'docker.io/python:3.12'],
    ['ghcr.io/acme/*', 'ghcr.io/acme/a/b:1'],
    ['ghcr.io/*', 'ghcr.io/acme/a'],
    ['localhost:5000/a', 'localhost:5000/a:1'],
    ['library/*', 'python'],
  ])('%s allows %s', (entry, image) => expect(allows(entry, image)).toBe(true));

  it.each([
    ['python', 'python2'],
    ['python', 'evil.io/library/python'],
    ['python:3.12', 'python:3.13'],
    ['ghcr.io/acme/*', 'ghcr.io/acme-evil/a'],
    ['ghcr.io/acme/*', 'docker.io/ghcr.io/acme/a'],
    ['ghcr.io/*', 'ghcr.io.evil.com/a'],
    ['acme/*', 'ghcr.io/acme/a'],
  ])('%s does not allow %s', (entry, image) => expect(allows(entry, image)).toBe(false));

  it('names the registry as engines do', () => {
    expect(readImageName('a/b').registry).toBe('docker.io');
    expect(readImageName('A.io/b').registry).toBe('a.io');
    expect(readImageName('host:5000/b').registry).toBe('host:5000');
  });
});
