import { describe, expect, it } from 'vitest';
import {
  checkDraft,
  draftToSpec,
  emptyDraft,
  fieldOfPointer,
  IdempotencyKeys,
} from './job-draft.ts';

describe('draftToSpec', () => {
  it('sends exactly what was filled in', () => {
    const spec = draftToSpec({
      ...emptyDraft,
      name: ' night run ',
      code: 'print(1)',
      gpuCount: '2',
      gpuModel: 'rtx-4090',
      runSec: '60',
      reward: '0.25',
      asset: 'USDC',
    });
    expect(spec).toEqual({
      name: 'night run',
      workload: { kind: 'script', language: 'python', code: 'print(1)' },
      resources: { gpus: { count: 2, models: ['rtx-4090'] } },
      limits: { runSec: 60 },
      price: { kind: 'fixed', reward: { amount: '0.25', asset: 'USDC' } },
    });
  });

  it('sends a command as arguments and leaves out what is empty', () => {
    const draft = { ...emptyDraft, kind: 'container' as const, command: 'nvidia-smi -L' };
    expect(checkDraft(draft)).toEqual({});
    expect(draftToSpec(draft).workload).toEqual({
      kind: 'container',
      command: ['nvidia-smi', '-L'],
    });
    expect(draftToSpec({ ...draft, command: '', image: ' alpine:3 ' }).workload).toEqual({
      kind: 'container',
      image: 'alpine:3',
    });
  });

  it('has no problem as the form opens', () => {
    expect(checkDraft(emptyDraft)).toEqual({});
  });
});

describe('checkDraft', () => {
  it('names the problem of each field', () => {
    const bad = { ...emptyDraft, code: ' ', gpuCount: '', runSec: '0', reward: '1e3' };
    expect(checkDraft(bad)).toEqual({
      code: 'required',
      gpuCount: 'integer',
      runSec: 'integer',
      reward: 'amount',
    });
    expect(checkDraft({ ...emptyDraft, reward: '0.0' })).toEqual({ reward: 'amountZero' });
    expect(checkDraft({ ...emptyDraft, reward: '0.0000001', asset: 'USDC' })).toEqual({
      reward: 'amount',
    });
    const container = { ...emptyDraft, kind: 'container' as const };
    expect(checkDraft(container)).toEqual({ image: 'required' });
    expect(checkDraft({ ...container, command: 'echo "' })).toEqual({ command: 'quotes' });
  });
});

describe('fieldOfPointer', () => {
  it.each([
    ['/workload/code', 'code'],
    ['/workload/command/0', 'command'],
    ['/resources/gpus/models/0', 'gpuModel'],
    ['/resources/gpus/count', 'gpuCount'],
    ['/limits/runSec', 'runSec'],
    ['/price/reward/amount', 'reward'],
    ['/limits/queueSec', null],
    ['/workload/codeBase64', null],
  ])('%s is %s', (pointer, field) => {
    expect(fieldOfPointer(pointer)).toBe(field);
  });
});

describe('IdempotencyKeys', () => {
  it('keeps the key of a body until the body changes or the job is posted', () => {
    let count = 0;
    const keys = new IdempotencyKeys(() => `key-${(count += 1)}`);
    expect(keys.keyFor({ a: 1 })).toBe('key-1');
    expect(keys.keyFor({ a: 1 })).toBe('key-1');
    expect(keys.keyFor({ a: 2 })).toBe('key-2');
    keys.forget();
    expect(keys.keyFor({ a: 2 })).toBe('key-3');
  });
});
