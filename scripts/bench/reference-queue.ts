import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Database from 'better-sqlite3';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';

/**
 * The practical limit of this stack: a queue of jobs over HTTP and WebSocket, in one process, over
 * the same database at the same durability, with one commit for all that one turn of the event loop
 * brought. No accounts, no money, no matching, no limits, no product. Forked with a database path;
 * says its address over IPC.
 */

interface Job {
  id: number;
  spec: string;
  acknowledge(): void;
}

interface Worker {
  socket: WebSocket;
  slots: number;
  outgoing: string[];
}

const [path = ''] = process.argv.slice(2);
const db = new Database(path);
db.pragma('locking_mode = EXCLUSIVE');
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE jobs (id INTEGER PRIMARY KEY, state TEXT NOT NULL, spec TEXT NOT NULL)');
const insert = db.prepare('INSERT INTO jobs (id, state, spec) VALUES (?, ?, ?)');
const change = db.prepare('UPDATE jobs SET state = ? WHERE id = ?');

const workers = new Set<Worker>();
const waiting: Job[] = [];
let posted: Job[] = [];
let done: number[] = [];
let lastId = 0;
let isScheduled = false;

function post(spec: string, acknowledge: () => void): void {
  lastId += 1;
  posted.push({ id: lastId, spec, acknowledge });
  schedule();
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    commit();
  });
}

/** Stores what was posted, claimed and done since the last commit, and then answers. */
const store = db.transaction((fresh: Job[], claimed: Set<Job>, ended: number[]) => {
  for (const job of fresh) insert.run(job.id, claimed.has(job) ? 'claimed' : 'queued', job.spec);
  const isFresh = new Set(fresh);
  for (const job of claimed) if (!isFresh.has(job)) change.run('claimed', job.id);
  for (const id of ended) change.run('done', id);
});

function commit(): void {
  const [fresh, ended] = [posted, done];
  [posted, done] = [[], []];
  waiting.push(...fresh);
  const claimed = claim();
  if (fresh.length + claimed.size + ended.length === 0) return;
  store(fresh, claimed, ended);
  for (const job of fresh) job.acknowledge();
  for (const worker of workers) {
    if (worker.outgoing.length > 0) worker.socket.send(`[${worker.outgoing.join(',')}]`);
    worker.outgoing = [];
  }
}

function claim(): Set<Job> {
  const claimed = new Set<Job>();
  for (const worker of workers) {
    for (const job of waiting.splice(0, worker.slots)) {
      worker.slots -= 1;
      worker.outgoing.push(`{"id":${job.id},"spec":${job.spec}}`);
      claimed.add(job);
    }
  }
  return claimed;
}

const answer = '{"accepted":true}';

function handle(request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    JSON.parse(body);
    post(body, () => {
      const headers = { 'content-type': 'application/json', 'content-length': answer.length };
      response.writeHead(201, headers).end(answer);
    });
  });
}

function openWorker(socket: WebSocket, slots: number): void {
  const worker: Worker = { socket, slots, outgoing: [] };
  workers.add(worker);
  socket.on('message', (text) => {
    const ids = JSON.parse(textOf(text)) as number[];
    done.push(...ids);
    worker.slots += ids.length;
    schedule();
  });
  socket.on('close', () => workers.delete(worker));
  schedule();
}

function openProducer(socket: WebSocket): void {
  let acknowledged = 0;
  const acknowledge = () => {
    acknowledged += 1;
    if (acknowledged > 1) return;
    queueMicrotask(() => {
      socket.send(String(acknowledged));
      acknowledged = 0;
    });
  };
  socket.on('message', (text) => {
    const specs = JSON.parse(textOf(text)) as unknown[];
    for (const spec of specs) post(JSON.stringify(spec), acknowledge);
  });
}

function textOf(message: RawData): string {
  return Buffer.isBuffer(message) ? message.toString('utf8') : '';
}

const server = createServer(handle);
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname === '/worker') openWorker(socket, Number(url.searchParams.get('slots')));
  else openProducer(socket);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port');
process.on('disconnect', () => process.exit(0));
process.send?.(`http://127.0.0.1:${address.port}`);
