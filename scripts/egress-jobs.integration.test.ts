import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { ensureLocalImage } from '@node3/agent/executors/docker/local-image';
import { findFirewall } from '@node3/agent/executors/egress/firewall';
import { silentLogger } from '@node3/shared/logger';
import { createJob, getJob, getJobLogs } from '@node3/shared/routes/jobs';
import { mustSkip } from '@node3/shared/testing/resources';
import { describe, expect, it, vi } from 'vitest';
import { startDevNetwork } from './dev-network.ts';

const { docker, skip } = await findTestEngine();
const firewall = await findFirewall();
const missing = 'sentence' in firewall ? firewall.sentence : null;
const skipped = mustSkip({ resource: 'firewall', missing }) || skip;
const within = { timeout: 60_000, interval: 100 };

/** Two names are asked of the proxy: one that nobody knows, and one that the job did not name. */
const code = `
import urllib.request, urllib.error
for host in ('a.example.invalid.example.com', 'b.example.org'):
    try:
        urllib.request.urlopen('http://' + host, timeout=20)
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode().strip())`;

describe.skipIf(skipped)('a job with a network', () => {
  it('goes to the agent that lets it out, and no other', async () => {
    const { image } = await ensureLocalImage({ docker, log: silentLogger });
    const images = { container: image, python: image, javascript: image, typescript: image };
    const network = await startDevNetwork({
      marketplace: { defaultImages: { ...images, bash: image } },
    });
    const closed = await network.startAgent('closed', { config: { slots: 4 } });
    const egressHosts = ['*.example.com'];
    const open = await network.startAgent('open', { config: { slots: 4, egressHosts } });
    try {
      const [requester] = await Promise.all([
        network.openRequester(),
        closed.ready(),
        open.ready(),
      ]);
      // Refused until the offer of the agent that can has arrived.
      const { jobId } = await vi.waitFor(
        () =>
          requester.client.call(createJob, {
            body: {
              workload: { kind: 'script', language: 'python', code },
              resources: { cpus: 0.2, memoryBytes: 128 * 1024 ** 2, diskBytes: 16 * 1024 ** 2 },
              network: { kind: 'egress', hosts: ['*.invalid.example.com'] },
              price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
            },
          }),
        within,
      );
      await vi.waitFor(async () => {
        const job = await requester.client.call(getJob, { params: { jobId } });
        expect(job).toMatchObject({ state: 'succeeded' });
        expect(job.executions.map(({ agentId }) => agentId)).toEqual([open.agentId]);
      }, within);
      const log = await requester.client.call(getJobLogs, { params: { jobId }, query: {} });
      const lines = log.data.filter(({ stream }) => stream === 'stdout');
      expect(lines.map(({ text }) => text)).toEqual([
        '502 The name a.example.invalid.example.com is not known.',
        '403 The job did not ask for b.example.org.',
      ]);
    } finally {
      await Promise.all([closed, open].map((agent) => agent.drain({ deadlineMs: 0 })));
      await network.stop();
    }
  });
});
