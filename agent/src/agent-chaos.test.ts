import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Agent } from './agent.ts';
import { outcome, TestMachine } from './testing/test-agent.ts';

let machine: TestMachine;
beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
  machine.marketplace.heartbeatMs = 1_000;
});
afterEach(async () => machine.tearDown());

const within = { timeout: 15_000, interval: 10 };

/** A small generator (mulberry32), so that a seed names one course of events. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const losable = ['/poll', '/accept', '/progress', '/logs', '/result', '/release', '/heartbeat'];

class Chaos {
  readonly posted: string[] = [];
  readonly #random: () => number;
  #agent: Agent | null = null;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  async step(): Promise<void> {
    const dice = this.#random();
    const { clock, marketplace } = machine;
    if (dice < 0.25) this.posted.push(marketplace.post());
    else if (dice < 0.45) await this.reboot();
    else if (dice < 0.6) marketplace.dropReplies(this.#pick(losable), 1);
    else if (dice < 0.7) marketplace.setDown('down');
    else if (dice < 0.8) marketplace.setDown('up');
    else if (dice < 0.85) clock.advance(20_000);
    else await this.#finishOne();
    // How much of what was begun gets done before the next event differs from step to step.
    const waits = Math.floor(this.#random() * 200);
    for (let turn = 0; turn < waits; turn += 1) await new Promise((done) => setImmediate(done));
  }

  async reboot(): Promise<Agent> {
    if (this.#agent !== null) machine.crash(this.#agent);
    this.#agent = await machine.boot({ slots: 8 });
    return this.#agent;
  }

  async #finishOne(): Promise<void> {
    const running = (await machine.executor.list()).filter(({ state }) => state === 'running');
    if (running.length === 0) return;
    machine.executor.finish(this.#pick(running).executionId, outcome());
  }

  #pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.#random() * choices.length)];
    if (choice === undefined) throw new Error('there is nothing to pick');
    return choice;
  }
}

describe('whatever happens', () => {
  const courses = (['http', 'auto'] as const).flatMap((transport) =>
    [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => ({ transport, seed })),
  );
  it.each(courses)(
    'nothing runs twice and no result is lost ($transport, seed $seed)',
    async ({ transport, seed }) => {
      machine.transport = transport;
      const { executor, marketplace } = machine;
      const chaos = new Chaos(seed);
      await chaos.reboot();
      for (let step = 0; step < 24; step += 1) await chaos.step();
      // The bad day ends: the marketplace is up, one agent lives, every workload comes to its end.
      marketplace.setDown('up');
      for (const part of losable) marketplace.dropReplies(part, 0);
      const agent = await chaos.reboot();
      await agent.ready();
      const settled = () => {
        for (const executionId of chaos.posted) {
          const found = marketplace.executions.get(executionId);
          expect(found?.released === true || found?.result).toBeTruthy();
        }
      };
      await vi.waitFor(async () => {
        for (const { executionId, state } of await executor.list()) {
          if (state === 'running') executor.finish(executionId, outcome());
        }
        settled();
      }, within);
      await agent.drain();
      for (const executionId of chaos.posted) {
        const { released, result } = marketplace.execution(executionId);
        const starts = machine.countCalls('start', executionId);
        expect(starts).toBeLessThanOrEqual(1);
        if (released) expect(starts).toBe(0);
        if (result?.outcome === 'succeeded') expect(starts).toBe(1);
      }
      expect(await executor.list()).toEqual([]);
    },
  );
});
