import { count } from '@node3/marketplace/testing/counter';
import type { SeededRandom } from '@node3/marketplace/testing/seeded-random';
import type { SimWorld } from './sim-world.ts';

/** Everything that strikes from outside, each on its own clock, until the world is calm. */
export function startStorm(world: SimWorld): void {
  const { faults, random } = world;
  const kinds: [string, number, (random: SeededRandom) => void][] = [
    ['outages', faults.outageEveryMs, () => world.market.kill()],
    ['partitions', faults.partitionEveryMs, (own) => partition(world, own)],
    ['agent-restarts', faults.agentRestartEveryMs, (own) => restart(world, own)],
    ['agent-stalls', faults.agentStallEveryMs, (own) => stall(world, own)],
    ['agent-sleeps', faults.agentSleepEveryMs, (own) => sleep(world, own)],
    ['lies', faults.lieEveryMs, () => void world.liar.lie()],
    ['operators', faults.orderEveryMs, (own) => void world.operator.strike(own)],
  ];
  for (const [kind, everyMs, strike] of kinds) {
    if (everyMs > 0) strikeEvery(world, everyMs, random.stream(`storm ${kind}`), strike);
  }
}

function strikeEvery(
  world: SimWorld,
  everyMs: number,
  random: SeededRandom,
  strike: (random: SeededRandom) => void,
): void {
  const { time } = world;
  const next = () => {
    const delayMs = -Math.log(1 - random.next()) * everyMs;
    time.after(
      delayMs,
      () => {
        if (world.isCalm) return;
        strike(random);
        next();
      },
      time.world,
    );
  };
  next();
}

/** One link in one or both directions, or all links one by one, healing in another order. */
function partition(world: SimWorld, random: SeededRandom): void {
  const { network, machines, requesters, time, faults, counts } = world;
  const names = [
    ...machines.map(({ name }) => name),
    ...requesters.map((_, index) => `requester-${index}`),
  ];
  const isSwizzle = random.chance(faults.swizzle);
  count(counts, isSwizzle ? 'swizzles' : 'partitions');
  for (const name of isSwizzle ? names : [random.pick(names)]) {
    const which = random.integer(0, 2);
    const startMs = isSwizzle ? random.integer(0, 10_000) : 0;
    const forMs = random.pick([3_000, 20_000, 70_000]) * (0.5 + random.next());
    time.after(
      startMs,
      () => {
        if (world.isCalm) return;
        if (which !== 1) network.cut(name, 'to-market', forMs);
        if (which !== 0) network.cut(name, 'from-market', forMs);
      },
      time.world,
    );
  }
}

function restart(world: SimWorld, random: SeededRandom): void {
  const machine = random.pick(world.machines);
  const awayMs = random.pick([1_000, 10_000, 80_000]) * random.next();
  const isReboot = random.chance(world.faults.rebootShare);
  if (machine.process === null || machine.process.owner.dead) return;
  world.restartAgent(machine, awayMs, isReboot ? 'powerless' : 'killed');
  if (!isReboot) return;
  count(world.counts, 'machines rebooted');
  machine.reboot();
}

function stall(world: SimWorld, random: SeededRandom): void {
  count(world.counts, 'agents stalled');
  random.pick(world.machines).stall(random.pick([2_000, 20_000, 90_000]) * random.next());
}

/** Somebody closes a lid; now and then in the very moment in which it matters most. */
function sleep(world: SimWorld, random: SeededRandom): void {
  if (random.chance(0.5)) {
    ambush(world, random, 40);
    return;
  }
  count(world.counts, 'machines asleep');
  const forMs = random.pick([10_000, 80_000, 140_000]) * (0.5 + random.next() / 2);
  random.pick(world.machines).sleep(forMs);
}

/**
 * A machine at work falls asleep while a renewal of its leases is on its way, and for just long
 * enough that somebody else has its job by the time the answer is read.
 */
function ambush(world: SimWorld, random: SeededRandom, looksLeft: number): void {
  if (world.isCalm || looksLeft === 0) return;
  const machine = world.machines.find(
    (candidate) =>
      candidate.isAwake && candidate.process?.isRenewing && candidate.workloads().length > 0,
  );
  if (machine === undefined) {
    world.time.after(200, () => ambush(world, random, looksLeft - 1), world.time.world);
    return;
  }
  count(world.counts, 'machines asleep in a renewal');
  machine.sleep(random.integer(65_000, 110_000));
}
