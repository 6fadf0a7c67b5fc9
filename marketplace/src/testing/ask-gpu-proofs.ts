import type { RouteContract } from '@node3/shared/contract';
import type { Device } from '@node3/shared/device';
import { writeOpening } from '@node3/shared/gpu-proof/opening-codec';
import { systemIds } from '@node3/shared/ids';
import { pollAgent } from '@node3/shared/routes/agents';
import * as routes from '@node3/shared/routes/gpu-proofs';
import { gpuProofRow } from '../store/testing/gpu-proofs.ts';
import { proveByHand } from './prove-by-hand.ts';
import { type TestMarketplace, testOffer } from './test-marketplace.ts';

const testDevice: Device = {
  id: 'GPU-asked',
  vendor: 'nvidia',
  model: 'NVIDIA GeForce RTX 4090',
  modelId: 'rtx-4090',
  memoryBytes: 24 * 1024 ** 3,
  computeCapability: '8.9',
  driverVersion: '570.1',
  simulated: false,
};

/** Asks every endpoint for proofs of devices once. */
export async function askGpuProofs(
  ask: (contract: RouteContract, apiKey: string | null, args: object) => Promise<unknown>,
  { adminApiKey, store }: Pick<TestMarketplace, 'adminApiKey' | 'store'>,
  { agentId, apiKey }: { agentId: string; apiKey: string },
): Promise<void> {
  const nowMs = Date.now();
  const proofId = systemIds.next('proof');
  const times = { issuedAtMs: nowMs, fillByMs: nowMs + 60_000 };
  const row = gpuProofRow({ proofId, agentId, ...times });
  await store.addGpuProofs([row], 0, []);
  const { deviceId } = row;
  const params = { proofId };
  const body = { deviceIds: [deviceId], failures: [] };
  await ask(routes.reportProofFilled, apiKey, { params, body });
  const tree = proveByHand(row.plan, row, { agentId, deviceId, epoch: nowMs });
  const root = { deviceId, root: tree.root.toString('hex'), adapter: 'by hand' };
  await ask(routes.reportProofRoot, apiKey, { params, body: root });
  const openings = row.lanes.map((lane) => writeOpening(tree.open(lane)));
  await ask(routes.openProofLanes, apiKey, { params, body: { deviceId, openings } });
  const offer = testOffer({ devices: [testDevice] });
  const { cpus, memoryBytes } = offer;
  const free = { freeDeviceIds: [testDevice.id], freeCpus: cpus, freeMemoryBytes: memoryBytes };
  const instanceId = 'instance-0000000001';
  const poll = { instanceId, claimId: null, waitSec: 0, offer, ...free };
  await ask(pollAgent, apiKey, { body: poll });
  await ask(routes.challengeAgent, adminApiKey, { params: { agentId } });
  await ask(routes.listDeviceProofs, null, { params: { agentId } });
}
