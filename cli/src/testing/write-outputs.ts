import { createHash } from 'node:crypto';
import { fenceOf } from '@node3/marketplace/testing/test-agent';
import type {
  registerTestAgent,
  TestMarketplace,
} from '@node3/marketplace/testing/test-marketplace';
import { createFileClient } from '@node3/shared/files/file-client';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import * as routes from '@node3/shared/routes/artifacts';

/** Lowercase hexadecimal. */
export const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Uploads what a job has made, as its agent does before it reports the result. */
export async function writeOutputs(
  market: TestMarketplace,
  agent: Awaited<ReturnType<typeof registerTestAgent>>,
  offer: ExecutionOffer,
  files: Record<string, Buffer>,
): Promise<void> {
  const fence = fenceOf(offer);
  const params = { executionId: offer.executionId };
  const headers = { 'lease-attempt': String(fence.attempt), 'lease-token': fence.leaseToken };
  const client = createFileClient({ baseUrl: market.url, apiKey: agent.apiKey, headers });
  for (const [name, bytes] of Object.entries(files)) {
    const body = { ...fence, name, bytes: bytes.length, sha256: sha256Of(bytes) };
    const upload = await agent.client.call(routes.createOutputUpload, { params, body });
    const { artifactId } = upload;
    const base = `/api/v1/executions/${offer.executionId}/uploads/${artifactId}`;
    await client.putPart(`${base}/parts/0`, bytes, AbortSignal.timeout(10_000));
    const named = { ...params, artifactId };
    await agent.client.call(routes.completeOutputUpload, { params: named, body: fence });
  }
}
