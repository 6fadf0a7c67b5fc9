import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { agentChannelCloses, agentChannelProtocol } from '@node3/shared/routes/agent-channel';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { unheardMeasures } from '../../observability/measures.ts';
import { AgentLinks } from '../../services/agent-links.ts';
import { PollTurns } from '../../services/poll-turns.ts';
import { Presence } from '../../services/presence.ts';
import { AgentSession, type SessionDeps } from './agent-session.ts';
import { FrameWriter } from './frame-writer.ts';
import { LivenessWheel } from './liveness-wheel.ts';

/** The end of a socket that counts what is done to it. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly frames: string[] = [];
  pings = 0;
  closedWith: number | null = null;
  terminated = false;

  send(frame: string): void {
    this.frames.push(frame);
  }
  ping(): void {
    this.pings += 1;
  }
  close(code: number): void {
    this.closedWith = code;
    this.readyState = 2;
  }
  terminate(): void {
    this.terminated = true;
  }
}

/** What was said is answered in this turn, and the answers go out at the end of it. */
async function turn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

let clock: ManualClock;
let presence: Presence;
let links: AgentLinks;
let wheel: LivenessWheel;
let reads: number;
let deps: SessionDeps;

beforeEach(() => {
  clock = new ManualClock();
  presence = new Presence(clock);
  links = new AgentLinks();
  wheel = new LivenessWheel(() => clock.monotonicMs());
  reads = 0;
  const store = {
    async liveExecutions() {
      reads += 1;
      return [];
    },
  };
  // Anything else that an idle agent would make the store do is a call of nothing, and fails.
  deps = {
    store,
    clock,
    presence,
    measures: unheardMeasures(),
    agentLinks: links,
    pollTurns: new PollTurns(),
    writer: new FrameWriter(),
    log: silentLogger,
    onSettled() {},
  } as unknown as SessionDeps;
});

async function connect(name: string) {
  const socket = new FakeSocket();
  const agent = { agentId: `agt_${name}`, wallet: 'wallet', name };
  const session = new AgentSession(deps, socket as unknown as WebSocket, agent);
  wheel.add(session);
  const instanceId = `instance-${name.padStart(16, '0')}`;
  say(session, { id: 1, type: 'hello', protocol: agentChannelProtocol, instanceId });
  await turn();
  return { socket, session, agentId: agent.agentId };
}

function say(session: AgentSession, message: object): void {
  session.receive(Buffer.from(JSON.stringify(message)), 'text');
}

/** The hand of the wheel goes round once. */
function lookAtAll(): void {
  for (let tick = 0; tick < 10; tick += 1) wheel.tick();
}

describe('an idle agent', () => {
  it('costs no read, no row and no timer, however many there are', async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const connected = [];
    for (let i = 0; i < 1_000; i += 1) connected.push(await connect(String(i)));
    expect(links.size).toBe(1_000);
    presence.takeUnsaved();
    const readsBefore = reads;
    for (let beat = 0; beat < 5; beat += 1) {
      clock.advance(limits.agentIdleHeartbeatMs);
      for (const { session } of connected) {
        say(session, { id: beat + 2, type: 'heartbeat', executions: [], samples: [] });
      }
      await turn();
      lookAtAll();
    }
    expect(reads).toBe(readsBefore);
    expect(presence.takeUnsaved()).toEqual([]);
    // The test's runner has some of its own.
    expect(timers()).toBeLessThan(10);
    for (const { socket, agentId } of connected) {
      expect(socket.frames).toHaveLength(6);
      expect(socket.pings).toBe(0);
      expect(presence.isOnline(agentId)).toBe(true);
    }
  });

  it('is looked at by a tenth of its kind each second', () => {
    let looks = 0;
    for (let i = 0; i < 1_000; i += 1) wheel.add({ look: () => (looks += 1) });
    wheel.tick();
    expect(looks).toBe(100);
  });
});

describe('a socket whose other end is gone', () => {
  it('[1.22] is asked, and cut when nothing comes back; one that answers stays', async () => {
    const gone = await connect('gone');
    const alive = await connect('alive');
    clock.advance(limits.agentPingMs);
    lookAtAll();
    expect([gone.socket.pings, alive.socket.pings]).toEqual([1, 1]);
    alive.session.heard();
    clock.advance(limits.agentSilentMs - limits.agentPingMs);
    lookAtAll();
    expect(gone.socket).toMatchObject({ closedWith: agentChannelCloses.silent, terminated: true });
    expect(links.of(gone.agentId)).toBeNull();
    expect(alive.socket.closedWith).toBeNull();
  });

  it('is cut when it never says hello, whatever else it says', () => {
    const socket = new FakeSocket();
    const agent = { agentId: 'agt_1', wallet: 'wallet', name: 'mute' };
    const session = new AgentSession(deps, socket as unknown as WebSocket, agent);
    wheel.add(session);
    clock.advance(limits.agentHelloMs);
    say(session, { id: 1, type: 'heartbeat', executions: [], samples: [] });
    lookAtAll();
    expect(socket.closedWith).toBe(agentChannelCloses.silent);
  });
});

describe('an agent that does not read', () => {
  it('is closed, and takes no more', async () => {
    const { agentId, session, socket } = await connect('slow');
    socket.bufferedAmount = limits.agentBacklogBytes + 1;
    session.say({ type: 'drain' });
    await turn();
    expect(socket.closedWith).toBe(agentChannelCloses.slowReader);
    expect(links.of(agentId)).toBeNull();
    const frames = socket.frames.length;
    say(session, { id: 9, type: 'heartbeat', executions: [], samples: [] });
    await turn();
    expect(socket.frames).toHaveLength(frames);
  });

  it('logs what went wrong here, but not each request that a full disk refuses', async () => {
    const logged: unknown[] = [];
    const log = { ...silentLogger, error: (found: unknown) => void logged.push(found) };
    let error = new MarketError('STORAGE_FULL');
    deps = {
      ...deps,
      log,
      homes: { arrive: () => Promise.reject(error) },
    } as unknown as SessionDeps;
    await connect('full');
    expect(logged).toEqual([]);
    error = new MarketError('INTERNAL');
    await connect('broken');
    expect(logged).toHaveLength(1);
  });
});
