import { executionStates } from '@node3/shared/execution-state';
import { jobStates, type Reason, reasonNames } from '@node3/shared/job-state';
import { describe, expect, it } from 'vitest';
import { bidForUnpriced, capForRun } from '../../../domain/unpriced-job.ts';
import {
  errorMessageOf,
  toComputeState,
  toHistoryItem,
  toJobState,
  toNanoseconds,
  toStateOfAll,
} from './bacalhau-mapping.ts';
import { parseSelectors } from './label-selector.ts';
import { documentText, readSubmitted } from './submitted-document.ts';

describe('the state of a job', () => {
  const of = (state: (typeof jobStates)[number], reason: Reason | null = null, attempt = 0) =>
    toJobState({ state, reason, attempt });

  it('is Bacalhau’s word for each of ours', () => {
    expect(jobStates.map((state) => [state, of(state)])).toEqual([
      ['awaiting_funds', 'Pending'],
      ['queued', 'Pending'],
      ['assigned', 'Running'],
      ['running', 'Running'],
      ['succeeded', 'Completed'],
      ['failed', 'Failed'],
      ['cancelled', 'Stopped'],
      ['timed_out', 'Failed'],
      ['expired', 'Failed'],
    ]);
    expect(of('queued', 'lease_expired', 1)).toBe('Queued');
  });

  it('is Completed after any exit code, and Failed where something else ended it', () => {
    const completed = reasonNames.filter((reason) => of('failed', reason) === 'Completed');
    expect(completed).toEqual(['nonzero_exit']);
  });

  it.each([
    [['Completed', 'Completed'], 'Completed'],
    [['Completed', 'Failed'], 'Failed'],
    [['Stopped', 'Completed'], 'Stopped'],
    [['Stopped', 'Failed'], 'Failed'],
    [['Pending', 'Pending'], 'Pending'],
    [['Pending', 'Queued'], 'Queued'],
    [['Pending', 'Completed'], 'Running'],
    [['Failed', 'Running'], 'Running'],
  ] as const)('of partitions %j is %s', (states, state) => {
    expect(toStateOfAll(states)).toBe(state);
  });
});

describe('the state of an execution', () => {
  it('is Bacalhau’s number for each of ours', () => {
    const numbers = executionStates.map((state) => toComputeState({ state, reason: null }));
    expect(numbers).toEqual([3, 5, 6, 7, 9, 10, 10, 11, 10]);
  });

  it.each([
    ['failed', 'nonzero_exit', 9],
    ['failed', 'out_of_memory', 10],
    ['lost', 'offer_not_accepted', 4],
    ['failed', 'released_by_agent', 4],
    ['cancelled', 'preempted', 4],
  ] as const)('%s by %s is %d', (state, reason, number) => {
    expect(toComputeState({ state, reason })).toBe(number);
  });

  it('says what was wrong, and nothing where the program ended by itself', () => {
    const detail = 'the disk is full';
    expect(errorMessageOf({ reason: 'nonzero_exit', detail })).toBe('');
    expect(errorMessageOf({ reason: 'engine_error', detail })).toBe(detail);
    expect(errorMessageOf({ reason: 'out_of_memory', detail })).toBe('memory limit exceeded');
  });
});

describe('an event', () => {
  const event = (name: string, reason: Reason | null) =>
    toHistoryItem(
      {
        seq: 7,
        name,
        atMs: 1_795_000_000_123,
        actor: 'marketplace',
        accountId: null,
        jobId: 'j',
        executionId: 'e',
        reason,
        data: {},
      },
      { jobId: 'head', version: 2 },
    );

  it('has its level, its topic and what to do', () => {
    expect(event('execution.ended', 'engine_error')).toEqual({
      SeqNum: 7,
      Type: 'ExecutionLevel',
      JobID: 'head',
      JobVersion: 2,
      ExecutionID: 'e',
      Event: {
        Message: 'Execution ended. The container engine of the agent failed.',
        Topic: 'Execution',
        Timestamp: '2026-11-18T11:06:40.123Z',
        Details: {
          IsError: 'true',
          ErrorCode: 'engine_error',
          Hint: expect.any(String),
          Retryable: 'true',
        },
      },
      Time: '2026-11-18T11:06:40.123Z',
    });
    expect(event('job.ended', 'exited')?.Event.Details).not.toHaveProperty('IsError');
    expect(event('job.ended', 'queue_timeout')?.Event.Topic).toBe('Queueing');
  });

  it('about money has no word there', () => {
    expect(event('settlement.decided', null)).toBeNull();
  });

  it('has a time that is exact in nanoseconds', () => {
    expect(String(toNanoseconds(1_795_723_513_995))).toBe('1795723513995000000');
  });
});

describe('selectors of labels', () => {
  const labels = { env: 'prod', size: '5' };
  it.each([
    ['env=prod', true],
    ['env == prod', true],
    ['env!=prod', false],
    ['other!=x', true],
    ['env in (dev, prod)', true],
    ['env notin (dev,prod)', false],
    ['other notin (a)', true],
    ['env', true],
    ['!env', false],
    ['!other', true],
    ['size>4,size<6', true],
    ['size>5', false],
    ['other>1', false],
    ['env in (prod),size=6', false],
    ['', true],
  ])('%s fits: %s', (text, fits) => {
    expect(parseSelectors(text)(labels)).toBe(fits);
  });

  it.each(['=', 'a b', 'env in prod', 'size>x', 'a=b=c', '!'])('%s is none', (text) => {
    expect(() => parseSelectors([text])).toThrow();
  });
});

describe('a document', () => {
  it('is the same whether or not what is empty is written down', () => {
    const bare = { Name: 'a', Tasks: [{ Env: { A: '1' } }] };
    const full = {
      ...bare,
      ID: 'j-1',
      Labels: null,
      Priority: 0,
      Meta: { 'bacalhau.org/client': 'x' },
      Tasks: [{ Env: { A: '1' }, Meta: {}, InputSources: [], Publisher: { Type: '' } }],
    };
    const text = (job: object) => documentText(readSubmitted(job, 'default'));
    expect(text(full)).toBe(text(bare));
    expect(text({ ...bare, Tasks: [{ Env: { A: '2' } }] })).not.toBe(text(bare));
    expect(text({ ...bare, Meta: { 'node3/bid': '1 USDC' } })).not.toBe(text(bare));
  });

  it('has names in any case, as Go reads them, and a price that is no text is one to be refused', () => {
    const read = readSubmitted({ name: 'a', NAMESPACE: 'b', meta: { 'node3/bid': 1 } }, 'default');
    expect(read).toMatchObject({ name: 'a', namespace: 'b', price: { 'node3/bid': '1' } });
  });
});

describe('a price for a job that names none', () => {
  const offer = (amount: string) => ({
    offer: { asks: { SOL: null, USDC: { amount, asset: 'USDC' as const } } },
    devices: [device, device],
  });
  const device = {
    id: 'g',
    vendor: 'nvidia',
    model: 'x',
    modelId: null,
    memoryBytes: null,
    computeCapability: null,
    driverVersion: null,
    simulated: false,
  } as const;
  const job = { gpus: { count: 2 }, runSec: 1_800 };

  it.each([
    ['nobody asks', [], 1_200_000n],
    ['somebody asks less', [offer('0.5'), offer('9')], 1_200_000n],
    ['all ask more: the cheapest', [offer('9'), offer('2')], 2_000_000n],
    ['all ask far too much', [offer('90')], 4_800_000n],
    [
      'those that suffice are dear',
      [{ ...offer('0.1'), devices: [device] }, offer('3')],
      3_000_000n,
    ],
  ])('where %s', (_, offers, bid) => {
    expect(bidForUnpriced(job, offers, 'USDC')).toBe(bid);
  });

  it('pays for the whole run, rounded up', () => {
    expect(bidForUnpriced({ gpus: null }, [], 'USDC')).toBe(60_000n);
    expect(capForRun({ gpus: null, runSec: 1 }, 60_000n)).toBe(17n);
    expect(capForRun(job, 1_200_000n)).toBe(1_200_000n);
  });
});
