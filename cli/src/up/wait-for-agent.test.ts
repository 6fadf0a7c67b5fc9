import { describe, expect, it } from 'vitest';
import { waitForAgent } from './wait-for-agent.ts';

const never = new Promise<void>(() => undefined);

describe('waitForAgent', () => {
  it('says why the agent is not ready, then fails with the reason', async () => {
    const said: string[] = [];
    const agent = { problem: 'The wallet is another one.', ready: () => never };
    const patience = { sayMs: 5, failMs: 50 };
    await expect(waitForAgent(agent, (text) => said.push(text), patience)).rejects.toMatchObject({
      message: 'The agent was not ready after 0.05 s. The wallet is another one.',
      fix: expect.stringContaining('--data-dir') as string,
    });
    expect(said[0]).toBe('waiting: The wallet is another one.');
  });

  it('ends with the agent, in good and in bad', async () => {
    const say = () => expect.unreachable();
    await waitForAgent({ problem: null, ready: async () => undefined }, say);
    const ready = async () => {
      throw new Error('stopped');
    };
    await expect(waitForAgent({ problem: null, ready }, say)).rejects.toThrow('stopped');
  });
});
