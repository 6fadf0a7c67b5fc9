import { once } from 'node:events';
import { type RawData, WebSocket } from 'ws';
import type { BenchJob, Producer, WorkerEvents } from './load-process.ts';
import { WireClient } from './wire-client.ts';

/** Where the reference queue is, and how jobs are put into it. */
export interface ReferenceTarget {
  kind: 'reference';
  url: string;
  producer: 'http' | 'socket';
}

const connections = 64;

export async function produceForReference(target: ReferenceTarget): Promise<Producer> {
  if (target.producer === 'socket') return produceBySocket(target.url);
  const client = new WireClient(target.url, connections);
  return {
    async put(job) {
      const { status, body } = await client.post('/jobs', JSON.stringify(job));
      if (status !== 201) throw new Error(`a job was refused: ${body}`);
    },
  };
}

async function produceBySocket(url: string): Promise<Producer> {
  const socket = await open(`${url}/producer`);
  const waiting: (() => void)[] = [];
  let outgoing: string[] = [];
  // Answers come in the order of the jobs; a message says how many more are on disk.
  socket.on('message', (count) => {
    for (const resolve of waiting.splice(0, Number(textOf(count)))) resolve();
  });
  return {
    put: (job) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        outgoing.push(JSON.stringify(job));
        if (outgoing.length > 1) return;
        setImmediate(() => {
          socket.send(`[${outgoing.join(',')}]`);
          outgoing = [];
        });
      }),
  };
}

export async function workForReference(
  { url }: ReferenceTarget,
  slots: number,
  events: WorkerEvents,
): Promise<void> {
  const socket = await open(`${url}/worker?slots=${slots}`);
  let done: number[] = [];
  socket.on('message', (text) => {
    const jobs = JSON.parse(textOf(text)) as { id: number; spec: BenchJob }[];
    for (const { id, spec } of jobs) {
      events.started(spec.sentAtMs);
      done.push(id);
      events.completed();
    }
    setImmediate(() => {
      if (done.length > 0) socket.send(JSON.stringify(done));
      done = [];
    });
  });
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

/** Sockets of Node give a text message as one buffer. */
function textOf(message: RawData): string {
  return Buffer.isBuffer(message) ? message.toString('utf8') : '';
}
