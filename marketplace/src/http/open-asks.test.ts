import { createJob, getJob } from '@node3/shared/routes/jobs';
import { expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

const usdc = (amount: string) => ({ amount, asset: 'USDC' as const });
const gpu = {
  vendor: 'nvidia' as const,
  model: 'NVIDIA',
  memoryBytes: 24e9,
  computeCapability: '8.9',
  driverVersion: null,
  simulated: false,
};

it('a metered job pays for a GPU that takes anything no more than the one beside it asks', async () => {
  const market = await startTestMarketplace();
  try {
    const { client } = await openFundedAccount(market, { USDC: 100_000_000n });
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client, {
      devices: [
        { ...gpu, id: 'GPU-1', modelId: 'h100-80gb' },
        { ...gpu, id: 'GPU-2', modelId: 'l4' },
      ],
      asks: { SOL: null, USDC: null },
      classAsks: { 'h100-80gb': { SOL: null, USDC: usdc('3.6') } },
    });
    await calls.poll({ claimId: null });
    const price = { kind: 'metered' as const, bidPerGpuHour: usdc('9'), cap: usdc('2') };
    const body = testJob({ resources: { gpus: { count: 1 } }, price });
    const { jobId } = await client.call(createJob, { body });
    expect(await calls.offer()).toMatchObject({ jobId, deviceIds: ['GPU-2'] });
    const { executions } = await client.call(getJob, { params: { jobId } });
    expect(executions[0]?.ratePerGpuHour).toEqual(usdc('3.6'));
  } finally {
    await market.stop();
  }
});
