import type { Asks, Offer } from '@node3/shared/device';
import { MarketError } from '@node3/shared/error';
import { silentLogger } from '@node3/shared/logger';
import { changeLocalPolicy } from '@node3/shared/routes/agent-local';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDemoDetector } from '../gpu/demo/demo-detector.ts';
import type { GpuDetector } from '../gpu/gpu-detector.ts';
import { clientOf, outcome, readStatus, TestMachine } from '../testing/test-agent.ts';
import { OfferWording } from './offer-wording.ts';

const usdc = (amount: string) => ({ amount, asset: 'USDC' as const });
const asking = (amount: string) => ({ SOL: null, USDC: usdc(amount) });
const device = (id: string, modelId: string | null) =>
  ({ id, modelId }) as Offer['devices'][number];

const offer = {
  devices: [device('a', 'l4'), device('b', 'rtx-4090'), device('c', null)],
  asks: asking('0.2'),
  classAsks: { l4: asking('0.7'), 'rtx-4090': asking('0.5') },
  reads: ['rate'],
} as Partial<Offer> as Offer;

const refusalOf = (...pointers: string[]) =>
  new MarketError('REQUEST_INVALID', {
    errors: pointers.map((pointer) => ({ pointer, detail: 'is not a known field' })),
  });

describe('OfferWording', () => {
  it('leaves out what was refused, and offers the highest ask where there is room for one', () => {
    const wording = new OfferWording(silentLogger);
    expect(wording.fit(offer)).toEqual(offer);
    expect(wording.learn(refusalOf('/offer/classAsks', '/offer/reads'), offer)).toBe(true);
    const fitting = wording.fit(offer);
    expect(fitting).toEqual({ devices: offer.devices, asks: asking('0.7') });
    expect(wording.hasOneAsk).toBe(true);
    // Whatever is wrong with it now, it is not that.
    expect(wording.learn(refusalOf('/offer/classAsks'), fitting)).toBe(false);
    wording.forget();
    expect(wording.fit(offer)).toEqual(offer);
  });

  it('does without nothing for any other refusal', () => {
    const wording = new OfferWording(silentLogger);
    for (const error of [
      refusalOf('/offer/classAsks/l4/USDC'),
      refusalOf('/offer/devices'),
      new MarketError('AGENT_DISABLED'),
      new MarketError('REQUEST_INVALID'),
      new Error('no'),
    ]) {
      expect(wording.learn(error, offer)).toBe(false);
    }
    expect(wording.fit(offer)).toEqual(offer);
  });
});

const within = { timeout: 30_000, interval: 10 };
let machine: TestMachine;
afterEach(() => machine?.tearDown());

/** Two devices of different classes. */
function twoDevices(): GpuDetector {
  const one = createDemoDetector(machine);
  return {
    ...one,
    async detect(signal) {
      const found = await one.detect(signal);
      const devices = found.devices.flatMap((each) =>
        ['l4', 'rtx-4090'].map((modelId) => ({ ...each, id: modelId, modelId })),
      );
      return { ...found, devices };
    },
  };
}

it.each(['http', 'auto'] as const)(
  'works for an older marketplace, by %s',
  { timeout: 60_000 },
  async (transport) => {
    machine = new TestMachine();
    machine.transport = transport;
    await machine.setUp();
    const { marketplace } = machine;
    marketplace.unknownFields = ['classAsks', 'reads'];
    const agent = await machine.boot({}, { createDetectors: () => [twoDevices()] });
    const ask = (asks: Record<string, Asks>) =>
      clientOf(agent).call(changeLocalPolicy, { body: { set: { asks } } });
    await ask({ l4: asking('0.7'), 'rtx-4090': asking('0.5') });
    await vi.waitFor(() => {
      expect(marketplace.lastOffer).toMatchObject({ asks: asking('0.7') });
    }, within);
    expect(marketplace.lastOffer).not.toHaveProperty('classAsks');
    const told = async () => (await readStatus(agent)).problems.map(({ code }) => code);
    expect(await told()).toContain('asks-merged');
    const runOne = async () => {
      const executionId = marketplace.post();
      machine.programEnd(executionId, outcome());
      const { executions } = marketplace;
      await vi.waitFor(
        () => expect(executions.get(executionId)?.result ?? null).not.toBeNull(),
        within,
      );
    };
    await runOne();

    // It is updated, which takes it away for a moment.
    marketplace.unknownFields = [];
    marketplace.setDown('down');
    marketplace.sockets.cut();
    const asks = { l4: asking('0.8'), 'rtx-4090': asking('0.5') };
    await ask(asks);
    await vi.waitFor(async () => expect(await told()).toContain('marketplace-unreachable'), within);
    marketplace.setDown('up');
    // Whatever is answered now says that it is back.
    await runOne();
    await vi.waitFor(() => {
      expect(marketplace.lastOffer).toMatchObject({ classAsks: asks, reads: ['rate'] });
    }, within);
    expect(await told()).not.toContain('asks-merged');
  },
);
