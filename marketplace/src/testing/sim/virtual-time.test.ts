import { describe, expect, it } from 'vitest';
import { newOwner } from './owner.ts';
import { VirtualTime } from './virtual-time.ts';

async function runAll(time: VirtualTime): Promise<void> {
  while (await time.step());
}

describe('virtual time', () => {
  it('runs what is due in the order of its time, and of its planning within one', async () => {
    const time = new VirtualTime();
    const told: string[] = [];
    for (const [name, atMs] of [
      ['c', 20],
      ['a', 10],
      ['b', 10],
    ] as const) {
      time.after(atMs, () => told.push(`${name} ${time.monotonicMs()}`));
    }
    await runAll(time);
    expect(told).toEqual(['a 10', 'b 10', 'c 20']);
  });

  it('finishes everything that follows from an event before the next one', async () => {
    const time = new VirtualTime();
    const told: string[] = [];
    time.after(10, () => {
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => told.push('follows'));
      time.atEndOfTurn(() => told.push('end of the turn'));
    });
    time.after(10, () => told.push('same time'));
    time.after(11, () => told.push('later'));
    await runAll(time);
    expect(told).toEqual(['follows', 'same time', 'end of the turn', 'later']);
  });

  it('lets nothing of a dead process happen, nor of what it planned', async () => {
    const time = new VirtualTime();
    const owner = newOwner('process');
    const told: string[] = [];
    time.after(
      10,
      () => {
        // Planned by code of the process, so it belongs to it.
        time.after(10, () => told.push('planned'));
        owner.dead = true;
      },
      owner,
    );
    time.after(30, () => told.push('own'), owner);
    time.after(40, () => told.push('another'));
    await runAll(time);
    expect(told).toEqual(['another']);
  });

  it('shifts the timers of a machine that sleeps, and delivers its messages at its waking', async () => {
    const time = new VirtualTime();
    const owner = newOwner('machine');
    const told: string[] = [];
    const note = (name: string) => () => told.push(`${name} ${time.monotonicMs()}`);
    time.after(50, note('timer'), owner);
    time.after(60, note('message'), owner, 'message');
    Object.assign(owner, { stillSinceMs: 20, stillUntilMs: 100, stillness: 'asleep' });
    await runAll(time);
    expect(told).toEqual(['message 100', 'timer 130']);
  });
});
