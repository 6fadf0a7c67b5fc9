import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InProcessBus } from '../live/in-process-bus.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { newAgentRow } from '../store/testing/agent-rows.ts';
import { World } from '../store/testing/world.ts';
import { AgentHomes } from './agent-homes.ts';
import { AgentLinks } from './agent-links.ts';
import { holdReplica } from './hold-replica.ts';
import { PollTurns } from './poll-turns.ts';
import { Presence } from './presence.ts';

const instanceId = 'instance-0000000001';

let folder: string;
let store: Store;
let world: World;
let clock: ManualClock;
let bus: InProcessBus;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-homes-'));
  const onFatal = (error: unknown) => {
    throw error;
  };
  store = openSqliteStore({ path: join(folder, 'market.db'), log: silentLogger, onFatal });
  world = new World(store);
  clock = new ManualClock();
  bus = new InProcessBus();
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** One replica's view of the homes, and the agents whose links it ended. */
function open(replicaId: string, its: Partial<Store> = {}) {
  const presence = new Presence(clock);
  const agentLinks = new AgentLinks();
  const ended: string[] = [];
  const log = silentLogger;
  const ownStore = { ...store, ...its };
  const pollTurns = new PollTurns();
  const homes = new AgentHomes({
    store: ownStore,
    clock,
    log,
    agentLinks,
    pollTurns,
    presence,
    bus: bus.join(),
    replicaId,
  });
  const hear = async (agentId: string) => {
    presence.seen(newAgentRow(agentId, 'wallet', clock.nowMs()), instanceId);
    const end = (reason: MarketError) => void ended.push(`${agentId} ${reason.code}`);
    agentLinks.open(agentId, { say() {}, refresh() {}, end });
    await homes.arrive(agentId, instanceId);
  };
  const hold = () => holdReplica({ store: ownStore, clock, log, replicaId });
  return { homes, presence, ended, hear, hold };
}

async function homeOf(agentId: string) {
  const rows = await store.homesChangedAfter({ change: 0, agentId: '' }, 10_000);
  return rows.find((row) => row.agentId === agentId);
}

describe('homes of agents', () => {
  it('are all read, though more change in one millisecond than fit into a page', async () => {
    const [here, there] = [open('here'), open('there')];
    const agents = Array.from({ length: 1_100 }, () => world.registerAgent());
    const agentIds = await Promise.all(agents);
    await Promise.all(agentIds.map((agentId) => there.hear(agentId)));
    await here.homes.read();
    expect(agentIds.filter((agentId) => !here.presence.isOnline(agentId))).toEqual([]);
  });

  it('are read when they are stored late, by a clock that is behind', async () => {
    const [here, there] = [open('here'), open('there')];
    const [first, late] = [await world.registerAgent(), await world.registerAgent()];
    await there.hear(first);
    await here.homes.read();
    clock.advance(-10_000);
    await there.hear(late);
    clock.advance(10_000);
    await here.homes.read();
    expect(here.presence.isOnline(late)).toBe(true);
  });

  it('stay where agents went while their replica hung', async () => {
    const [hung, other] = [open('hung'), open('other')];
    const [stayed, moved] = [await world.registerAgent(), await world.registerAgent()];
    expect(await hung.hold()).toBe('anew');
    await hung.hear(stayed);
    await hung.hear(moved);
    clock.advance(limits.replicaLeaseMs + 1);
    await other.hold();
    await other.hear(moved);
    const before = await homeOf(moved);
    expect(await hung.hold()).toBe('anew');
    await hung.homes.takeAgain();
    expect(await homeOf(moved)).toEqual(before);
    expect(await homeOf(stayed)).toMatchObject({ replicaId: 'hung', isHere: true });
    expect(hung.ended).toEqual([`${moved} AGENT_SUPERSEDED`]);
    await other.homes.read();
    expect(other.ended).toEqual([]);
  });

  it('are noted as silent in the end, though the store was away at first', async () => {
    const failure = new Error('away');
    let isAway = true;
    const here = open('here', {
      noteHomes: (note) => (isAway ? Promise.reject(failure) : store.noteHomes(note)),
    });
    const [silent, back] = [await world.registerAgent(), await world.registerAgent()];
    await here.hear(silent);
    await here.hear(back);
    clock.advance(limits.agentOfflineMs);
    await expect(here.homes.leaveSilent()).rejects.toBe(failure);
    await here.hear(back);
    isAway = false;
    await here.homes.leaveSilent();
    expect(await homeOf(silent)).toMatchObject({ isHere: false });
    expect(await homeOf(back)).toMatchObject({ isHere: true, generation: 2 });
  });
});
