import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemIds } from '@node3/shared/ids';
import { boxContext } from '@node3/shared/job-secrets';
import { sealBox } from '@node3/shared/sealed-box';
import { expect, it } from 'vitest';
import { SecretKeys } from './secret-keys.ts';
import { sampleOffer } from './testing/sample-offer.ts';

const secrets = { env: { A: 'hunter22' }, files: {}, parts: [] };

it('opens what was sealed to it, as long as that is needed, and no longer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'node3-secret-keys-'));
  const path = join(folder, 'keys.json');
  const first = new SecretKeys(path, systemIds);
  expect(first.current).toBeNull();
  await first.rotate(new Set());
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const { keyId = '', publicKey = '' } = first.current ?? {};
  const plain = sampleOffer();
  const context = boxContext(plain.executionId);
  const box = sealBox(publicKey, context, JSON.stringify(secrets));
  const offer = { ...plain, secrets: { keyId, box } };
  expect(first.open(offer)).toEqual(secrets);
  expect(first.open(plain)).toEqual({ env: {}, files: {}, parts: [] });
  expect(first.open({ ...offer, executionId: `exe_${'0'.repeat(26)}` })).toBeNull();
  expect(first.open({ ...offer, secrets: { keyId: '', box: '' } })).toBeNull();
  const restarted = new SecretKeys(path, systemIds);
  await restarted.rotate(new Set([keyId]));
  expect(restarted.current?.keyId).not.toBe(keyId);
  expect(restarted.open(offer)).toEqual(secrets);
  await restarted.rotate(new Set());
  expect(restarted.open(offer)).toBeNull();
  await rm(folder, { recursive: true });
});
