import type { BenchJob, Producer } from './load-process.ts';
import { WireClient } from './wire-client.ts';

/** Where our own marketplace is, and as whom it is called. */
export interface MarketTarget {
  kind: 'market';
  url: string;
  /** One request for each job, or one for all that were put in one turn of the event loop. */
  producer: 'single' | 'batch';
  requesterKey: string;
  agentKeys: string[];
}

const connections = 64;
const jobsPerBatch = 100;

export async function produceForMarket(target: MarketTarget): Promise<Producer> {
  const client = new WireClient(target.url, connections, {
    authorization: `Bearer ${target.requesterKey}`,
  });
  if (target.producer === 'batch') return batchProducer(client);
  return {
    async put(job) {
      const { status, body } = await client.post('/api/v1/jobs', jobBody(job));
      if (status !== 201) throw new Error(`a job was refused: ${body}`);
    },
  };
}

/** A job as a requester writes it, of about 480 bytes. */
export function jobBody({ sentAtMs, padding }: BenchJob): string {
  return JSON.stringify({
    workload: {
      kind: 'container',
      command: ['echo', 'hi'],
      env: { SENT_AT: String(sentAtMs), PADDING: padding },
    },
    price: { kind: 'fixed', reward: { amount: '0.000001', asset: 'SOL' } },
  });
}

interface Waiting {
  body: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

function batchProducer(client: WireClient): Producer {
  let waiting: Waiting[] = [];
  async function send(batch: Waiting[]): Promise<void> {
    try {
      const jobs = batch.map(({ body }) => body).join(',');
      const { status, body } = await client.post('/api/v1/jobs/batch', `{"jobs":[${jobs}]}`);
      if (status !== 200 || body.includes('"problem"')) throw new Error(`refused: ${body}`);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
  return {
    put: (job) =>
      new Promise((resolve, reject) => {
        waiting.push({ body: jobBody(job), resolve, reject });
        if (waiting.length > 1) return;
        setImmediate(() => {
          const all = waiting;
          waiting = [];
          for (let from = 0; from < all.length; from += jobsPerBatch) {
            void send(all.slice(from, from + jobsPerBatch));
          }
        });
      }),
  };
}
