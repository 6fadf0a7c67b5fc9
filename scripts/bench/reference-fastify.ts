import Database from 'better-sqlite3';
import Fastify from 'fastify';

/**
 * The bare minimum of one durable POST and one GET: Fastify with a schema, an insert in a commit that
 * is shared by all requests of one turn of the event loop, and a read by primary key. Forked with a
 * database path; says its address over IPC.
 */
const [path = ''] = process.argv.slice(2);
const db = new Database(path);
db.pragma('locking_mode = EXCLUSIVE');
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE jobs (id INTEGER PRIMARY KEY, spec TEXT NOT NULL)');
const insert = db.prepare('INSERT INTO jobs (id, spec) VALUES (?, ?)');
const select = db.prepare<[number], { spec: string }>('SELECT spec FROM jobs WHERE id = ?');

interface Insert {
  id: number;
  spec: string;
  resolve(): void;
}

let queue: Insert[] = [];
let lastId = 0;
const insertAll = db.transaction((batch: Insert[]) => {
  for (const { id, spec } of batch) insert.run(id, spec);
});

function insertDurably(spec: string): Promise<number> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    queue.push({ id, spec, resolve: () => resolve(id) });
    if (queue.length > 1) return;
    setImmediate(() => {
      const batch = queue;
      queue = [];
      insertAll(batch);
      for (const waiting of batch) waiting.resolve();
    });
  });
}

const body = {
  type: 'object',
  required: ['workload', 'price'],
  properties: {
    workload: {
      type: 'object',
      required: ['kind', 'command'],
      properties: {
        kind: { type: 'string' },
        command: { type: 'array', items: { type: 'string' } },
        env: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    price: { type: 'object' },
  },
};

const app = Fastify();
app.post('/jobs', { schema: { body } }, async (request, reply) => {
  const id = await insertDurably(JSON.stringify(request.body));
  void reply.status(201);
  return { id };
});
app.get<{ Params: { id: string } }>('/jobs/:id', async (request) => {
  const id = Number(request.params.id);
  const found = select.get(id);
  return { id, spec: found === undefined ? null : (JSON.parse(found.spec) as unknown) };
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.on('disconnect', () => process.exit(0));
process.send?.(url);
