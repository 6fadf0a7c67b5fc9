import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '@node3/shared/limits';
import { agentChannelProtocol, agentChannelUrl } from '@node3/shared/routes/agent-channel';
import { WebSocket } from 'ws';
import { serveOperations } from './process-operations.ts';

/**
 * Forked by the bench of connected agents: many agents in one process that say hello, what they have
 * free, and then a heartbeat as often as they are told to.
 */
interface Member {
  index: number;
  socket: WebSocket | null;
  /** Answers, or messages where it waits for a notice. */
  received: number;
  onMessage: (() => void) | null;
  nextId: number;
}

let target = { url: '', keys: [] as string[] };
let members: Member[] = [];
let beating: NodeJS.Timeout | null = null;
let generation = 0;

/** Connections that are being opened at a time, as many as one backlog has room for. */
const openingMax = 256;
const beatTickMs = 50;

const samples = [
  {
    deviceId: 'GPU-0',
    ageMs: 100,
    utilizationRatio: { value: 0, source: 'measured' },
    memoryUsedBytes: { value: 1_048_576, source: 'measured' },
    temperatureCelsius: { value: 41, source: 'measured' },
    powerWatts: { value: 22.5, source: 'measured' },
  },
];

function offerOf(index: number) {
  const device = {
    id: `GPU-${index}`,
    vendor: 'nvidia',
    model: 'NVIDIA GeForce RTX 4090',
    modelId: 'rtx-4090',
    memoryBytes: 25_757_220_864,
    computeCapability: '8.9',
    driverVersion: '570.86.15',
    simulated: false,
  };
  const size = { cpus: 16, memoryBytes: 64 * 1024 ** 3, diskBytes: 1024 ** 4, slots: 2 };
  return { devices: [device], isolation: 'container', nativeAllowed: false, arch: 'x64', ...size };
}

function openingFrame(member: Member): string {
  const offer = offerOf(member.index);
  const instanceId = `instance-${String(member.index).padStart(8, '0')}-${generation}`;
  const hello = { id: 1, type: 'hello', protocol: agentChannelProtocol, instanceId };
  const ready = {
    id: 2,
    type: 'ready',
    lastSeq: 0,
    wantsWork: true,
    offer,
    freeDeviceIds: offer.devices.map(({ id }) => id),
    freeCpus: offer.cpus,
    freeMemoryBytes: offer.memoryBytes,
    freeSlots: offer.slots,
  };
  return JSON.stringify([hello, ready]);
}

/** Resolves when the server has answered the first frame. */
function connect(member: Member): Promise<void> {
  const isBare = target.keys.length === 0;
  const address = target.url.replace('http', 'ws') + (isBare ? '/' : agentChannelUrl);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, {
      perMessageDeflate: false,
      // One source address has not enough ports for two crowds that come one after the other.
      localAddress: `127.0.0.${2 + (member.index % 8)}`,
      headers: isBare ? {} : { authorization: `Bearer ${target.keys[member.index]}` },
    });
    member.socket = socket;
    member.nextId = 3;
    socket.on('open', () => socket.send(openingFrame(member)));
    socket.on('error', reject);
    socket.on('message', () => {
      member.received += 1;
      resolve();
      member.onMessage?.();
    });
  });
}

async function connectAll(): Promise<{ ms: number }> {
  generation += 1;
  const startedAt = performance.now();
  const waiting = members.toReversed();
  const opener = async () => {
    for (let member = waiting.pop(); member !== undefined; member = waiting.pop()) {
      await connect(member);
    }
  };
  await Promise.all(Array.from({ length: openingMax }, opener));
  return { ms: performance.now() - startedAt };
}

function startBeating(intervalMs: number): void {
  let next = 0;
  const perTick = (members.length * beatTickMs) / intervalMs;
  let owed = 0;
  beating = setInterval(() => {
    for (owed += perTick; owed >= 1; owed -= 1) {
      const member = members[next % members.length];
      next += 1;
      if (member === undefined) continue;
      const message = { id: member.nextId, type: 'heartbeat', executions: [], samples };
      member.nextId += 1;
      member.socket?.send(JSON.stringify(message));
    }
  }, beatTickMs);
}

function stopBeating(): void {
  if (beating !== null) clearInterval(beating);
  beating = null;
}

serveOperations({
  init({ url, keys, count }) {
    target = { url: String(url), keys: keys as string[] };
    members = Array.from({ length: Number(count) }, (_, index) => ({
      index,
      socket: null,
      received: 0,
      onMessage: null,
      nextId: 1,
    }));
  },
  connect: connectAll,
  beat: () => startBeating(limits.agentIdleHeartbeatMs),
  async quiet() {
    stopBeating();
    // What is still on its way must not count as a notice.
    await sleep(500);
  },
  /** Answers when every agent has got one message. */
  async notices() {
    let left = members.length;
    await new Promise<void>((resolve) => {
      for (const member of members) {
        member.onMessage = () => {
          member.onMessage = null;
          left -= 1;
          if (left === 0) resolve();
        };
      }
    });
    return performance.timeOrigin + performance.now();
  },
  async drop() {
    stopBeating();
    for (const { socket } of members) {
      socket?.removeAllListeners();
      socket?.on('error', () => undefined);
      socket?.terminate();
    }
    await sleep(1_000);
  },
});
