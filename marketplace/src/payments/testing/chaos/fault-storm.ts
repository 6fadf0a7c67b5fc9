import type { FaultRule } from '@node3/localnet/faults/fault-rule';
import { count } from '../../../testing/counter.ts';
import type { SeededRandom } from '../../../testing/seeded-random.ts';
import type { ChaosNetwork } from './chaos-network.ts';

const readMethods = [
  'getMultipleAccounts',
  'getSignatureStatuses',
  'getTransaction',
  'getSignaturesForAddress',
  'getLatestBlockhash',
  'getBlockHeight',
  'simulateTransaction',
  'getRecentPrioritizationFees',
  '*',
] as const;

type Storm = (random: SeededRandom) => FaultRule;

/** Every kind of fault that strikes single nodes, with the numbers it is made with. */
const storms: Record<string, Storm> = {
  'send dropped': (random) => onSend(random, { action: 'drop' }),
  'send answer lost': (random) =>
    onSend(random, { action: 'lose-answer', answer: random.pick(['cut', 'error']) }),
  'send delayed': (random) => onSend(random, { action: 'delay', slots: random.integer(1, 200) }),
  'send refused': (random) => onSend(random, { action: 'refuse' }),
  'send answered 429': (random) => onSend(random, { action: 'error', httpStatus: 429 }),
  'read refused': (random) => onRead(random, { action: 'refuse' }),
  'read answer lost': (random) => onRead(random, { action: 'lose-answer', answer: 'cut' }),
  'read answered 429': (random) => onRead(random, { action: 'error', httpStatus: 429 }),
  'read answered 503': (random) => onRead(random, { action: 'error', httpStatus: 503 }),
  'node unhealthy': (random) => onRead(random, { action: 'error' }),
  'call hangs': (random) => onRead(random, { action: 'hang', ms: random.integer(100, 60_000) }),
  'call hangs for ever': (random) => onRead(random, { action: 'hang' }),
  'send hangs': (random) => onSend(random, { action: 'hang', ms: random.integer(100, 9_000) }),
  'statuses null': (random) => ({
    method: 'getSignatureStatuses',
    action: 'null-statuses',
    times: random.integer(1, 20),
  }),
  'blind to statuses': (random) => blind(random, 'statuses'),
  'blind to history': (random) => blind(random, 'history'),
};

const stormNames = Object.keys(storms);

function onSend(random: SeededRandom, action: Partial<FaultRule>): FaultRule {
  return { method: 'sendTransaction', times: random.integer(1, 6), ...action } as FaultRule;
}

function onRead(random: SeededRandom, action: Partial<FaultRule>): FaultRule {
  const method = random.pick(readMethods);
  return { method, times: random.integer(1, 4), ...action } as FaultRule;
}

function blind(random: SeededRandom, scope: 'statuses' | 'history'): FaultRule {
  return { action: 'blind', scope, slots: random.integer(5, 300) };
}

/** What may go wrong with the nodes during one step of the run. */
export function strikeNodes(network: ChaosNetwork, random: SeededRandom, intensity: number): void {
  for (const [node] of network.nodes.entries()) {
    if (random.chance(intensity * 0.35)) {
      const name = random.pick(stormNames);
      const rule = storms[name]?.(random);
      if (rule !== undefined) network.addFault(node, name, rule);
    }
    if (random.chance(intensity * 0.06)) {
      network.setLag(node, random.pick([0, 0, 1, 3, 10, 40, 140]));
    }
  }
  if (random.chance(intensity * 0.02)) blindAll(network, random);
}

/** No node shows anything of the past: what landed looks as if it never had. */
function blindAll(network: ChaosNetwork, random: SeededRandom): void {
  const scope = random.pick(['statuses', 'history'] as const);
  const slots = random.integer(20, 700);
  count(network.faults, `all nodes blind to ${scope}`);
  for (const [node] of network.nodes.entries()) {
    network.addFault(node, `blind to ${scope}`, { action: 'blind', scope, slots });
  }
}
