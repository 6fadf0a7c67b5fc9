import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { outcome } from '@node3/agent/testing/test-agent';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { Connection, Keypair, PublicKey, SystemProgram, Transaction } from '@solana/web3.js';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { type Measurement, median } from './report.ts';
import { waitUntil } from './wait-until.ts';

const finalizedMsMax = 1_500;
const waitMs = 30_000;

/**
 * From the acceptance of a result to its finalized payout, one job at a time, through the whole
 * network; beside it a bare web3.js client that sends one transfer and waits for its finality.
 */
export async function benchPayoutLatency(rounds: number): Promise<Measurement[]> {
  const network = await startDevNetwork();
  try {
    const agent = await network.startAgent('bench', {
      parts: { createExecutors: () => [instantExecutor()] },
    });
    await agent.ready();
    const requester = await network.openRequester();
    const paid: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      paid.push(await payOneJob(requester));
      bare.push(await sendBareTransfer(network));
    }
    const value = median(paid);
    return [
      {
        name: 'payout finalized after the accepted result, no load, median',
        value,
        unit: 'ms',
        target: `≤ ${finalizedMsMax}`,
        passed: value <= finalizedMsMax,
        reference: median(bare),
      },
      {
        name: 'the same, slowest',
        value: Math.max(...paid),
        unit: 'ms',
        target: `≤ ${finalizedMsMax}`,
        passed: Math.max(...paid) <= finalizedMsMax,
      },
    ];
  } finally {
    await network.stop();
  }
}

function instantExecutor(): FakeExecutor {
  const executor = new FakeExecutor();
  executor.programProbe({ available: true, problems: [], isolationEffective: null });
  const prepare = { imageId: 'sha256:1', imageDigest: null, sizeBytes: 1, pulled: false };
  executor.program('*', { prepare, start: { startedAtMs: Date.now() }, outcome: outcome() });
  return executor;
}

async function payOneJob({ client }: Requester): Promise<number> {
  const { jobId } = await client.call(createJob, {
    body: {
      workload: { kind: 'container', command: ['true'] },
      resources: { cpus: 0.1, memoryBytes: 16 * 1024 * 1024 },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    },
  });
  return waitUntil(
    'the payout',
    async () => {
      const { events } = await client.call(getJob, { params: { jobId } });
      const at = (type: string) => events.find((event) => event.type === type)?.at;
      const [accepted, finalized] = [at('settlement.decided'), at('payout.finalized')];
      if (accepted === undefined || finalized === undefined) return null;
      return Date.parse(finalized) - Date.parse(accepted);
    },
    waitMs,
  );
}

async function sendBareTransfer({ localnet }: DevNetwork): Promise<number> {
  const connection = new Connection(localnet.rpcUrl, 'finalized');
  const payer = Keypair.generate();
  localnet.airdrop(payer.publicKey.toBase58(), 1_000_000_000n);
  const to = new PublicKey(Keypair.generate().publicKey);
  const transfer = SystemProgram.transfer({
    fromPubkey: payer.publicKey,
    toPubkey: to,
    lamports: 1_000_000n,
  });
  const startedAt = performance.now();
  const signature = await connection.sendTransaction(new Transaction().add(transfer), [payer], {
    skipPreflight: true,
  });
  // Asked for and not subscribed to: a web3.js socket would keep this process from ending.
  await waitUntil(
    'the bare transfer',
    async () => {
      const { value } = await connection.getSignatureStatus(signature);
      return value?.confirmationStatus === 'finalized' ? signature : null;
    },
    waitMs,
  );
  return performance.now() - startedAt;
}
