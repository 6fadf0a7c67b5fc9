import type { PublicAgent } from '@node3/shared/routes/marketplace';
import { describe, expect, it } from 'vitest';
import { countGpus, gpuClasses } from './gpu-offers.ts';

function agent(part: {
  status?: 'online' | 'offline';
  running?: number;
  ask?: string | null;
  modelId?: string | null;
}): PublicAgent {
  const { status = 'online', running = 0, ask = null, modelId = 'rtx-4090' } = part;
  const device = { id: 'gpu', modelId, model: 'RTX 4090', memoryBytes: 24, simulated: false };
  const SOL = ask === null ? null : { amount: ask, asset: 'SOL' };
  const deviceAsks = [{ deviceId: 'gpu', SOL, USDC: null }];
  return { status, running, devices: [device], deviceAsks } as unknown as PublicAgent;
}

describe('gpuClasses', () => {
  it('counts GPUs that are online and idle, with the lowest price', () => {
    const found = gpuClasses(
      [
        agent({ ask: '0.5' }),
        agent({ ask: '0.2', running: 1 }),
        agent({ status: 'offline' }),
        agent({ modelId: null }),
      ],
      'SOL',
    );
    expect(found).toMatchObject([
      { modelId: 'rtx-4090', count: 2, idle: 1, askMin: { amount: '0.2' } },
    ]);
  });

  it('counts among all those of no known model too', () => {
    const agents = [agent({}), agent({ modelId: null, running: 1 }), agent({ status: 'offline' })];
    expect(countGpus(agents)).toEqual({ count: 2, idle: 1 });
  });

  it('has no lowest price where somebody takes anything', () => {
    expect(gpuClasses([agent({ ask: '0.5' }), agent({})], 'SOL')[0]?.askMin).toBeNull();
  });
});
