import { textOf } from '@node3/shared/agent-sentences';
import { MarketError } from '@node3/shared/error';
import { describe, expect, it } from 'vitest';
import { sayPolicyError } from '../policy/policy-error.ts';
import { type AgentStateFacts, describeState } from './agent-state.ts';
import { listProblems } from './problems.ts';

const idle: AgentStateFacts = {
  mode: 'run',
  orderedToDrain: false,
  closedBy: null,
  ready: true,
  active: 0,
  owed: 0,
  blockedBy: null,
  fullBy: null,
  engineDownSinceMs: null,
  heldBy: null,
  marketplaceUrl: 'http://market',
  unreachableSinceMs: null,
};
const say = (changes: Partial<AgentStateFacts>) => describeState({ ...idle, ...changes });

describe('describeState', () => {
  it.each([
    [{}, 'idle', /waiting for a job/],
    [{ active: 1 }, 'working', /^One job is running\.$/],
    [{ active: 2 }, 'working', /^2 jobs are running\.$/],
    [{ ready: false }, 'starting', /Looking at the machine/],
    [{ ready: false, unreachableSinceMs: 0 }, 'starting', /not answered since 1970-01-01 00:00:00/],
    [{ mode: 'pause', active: 1 }, 'paused', /One job is still running and will finish/],
    [{ orderedToDrain: true, active: 1 }, 'paused', /gives no new jobs.*One job is still/],
    [{ mode: 'drain', active: 1 }, 'draining', /One job is finishing/],
    [{ mode: 'drain', owed: 1 }, 'draining', /last results/],
    [{ blockedBy: [{ text: 'No engine.' }] }, 'blocked', /^No engine\.$/],
    [
      { blockedBy: [{ text: 'No engine.' }], engineDownSinceMs: 0, active: 2 },
      'engine_down',
      /1970.*2 jobs are/,
    ],
    [{ heldBy: 'It died.', blockedBy: [{ text: 'No engine.' }] }, 'held', /^It died\.$/],
    [{ unreachableSinceMs: 0, active: 1 }, 'working', /running\. The marketplace at http/],
    [{ fullBy: { text: 'The disk is full.' } }, 'blocked', /^The disk is full\.$/],
    [{ fullBy: { text: 'Full.' }, active: 1 }, 'working', /^One job is running\. Full\.$/],
    [{ unreachableSinceMs: 0 }, 'idle', /^The marketplace at http/],
  ] as const)('%j', (changes, state, sentence) => {
    const told = say(changes);
    expect(told.state).toBe(state);
    expect(textOf(told.said)).toMatch(sentence);
  });
});

describe('listProblems', () => {
  const fine = {
    executors: [],
    devices: [],
    marketplaceUrl: 'http://market',
    unreachableSinceMs: null,
    refusal: null,
    identityError: null,
    signInError: null,
    diskFreeBytes: 100,
    diskFloorBytes: 10,
    policyError: null,
    restartNeed: null,
    seedApi: 'closed' as const,
    hasOneAsk: false,
  };

  it('says why signing in fails, where nothing else does', () => {
    const signInError = 'The body is wrong';
    const failing = { ...fine, signInError };
    expect(listProblems(failing)).toMatchObject([
      { sentence: 'Signing in fails and is tried again: The body is wrong.' },
    ]);
    const codes = (changes: object) =>
      listProblems({ ...failing, ...changes }).map(({ code }) => code);
    expect(codes({ unreachableSinceMs: 0 })).toEqual(['marketplace-unreachable']);
    expect(codes({ identityError: signInError })).toEqual(['identity-unusable']);
  });

  it('is empty when all is well', () => {
    expect(listProblems(fine)).toEqual([]);
  });

  it('says of every problem how to mend it', () => {
    const problems = listProblems({
      ...fine,
      executors: [{ code: 'engine-down', sentence: 'Docker is down.', fix: 'Start it.' }],
      unreachableSinceMs: 0,
      refusal: new MarketError('AGENT_DISABLED'),
      identityError: 'Wrong wallet.',
      diskFreeBytes: 5,
      seedApi: 'open',
    });
    expect(problems.map(({ code }) => code)).toEqual([
      'identity-unusable',
      'agent-disabled',
      'engine-down',
      'marketplace-unreachable',
      'disk-full',
      'seed-api-open',
    ]);
    for (const { fix, sentence } of problems) {
      expect(fix).toMatch(/\w.*[\w.]$/);
      expect(sentence).toMatch(/\.$/);
    }
  });

  it('tells what is wrong with a policy beside the sentence that says it', () => {
    const policyError = sayPolicyError(new Error('It is locked.'));
    expect(listProblems({ ...fine, policyError })).toMatchObject([
      {
        sentence: expect.stringMatching(/used: The policy can not be read\. It is locked\.$/),
        values: { whyCode: 'policyUnread', why: policyError.text, cause: 'It is locked.' },
      },
    ]);
  });

  it('does not take unknown disk space for plenty', () => {
    expect(listProblems({ ...fine, diskFreeBytes: null })).toMatchObject([
      { code: 'disk-unknown' },
    ]);
  });
});
