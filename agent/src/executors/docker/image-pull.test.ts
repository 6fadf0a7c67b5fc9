import { silentLogger } from '@node3/shared/logger';
import { describe, expect, it } from 'vitest';
import { imagePolicyUsual } from './image-policy.ts';
import { readBefore, toPullError, withoutWords } from './image-pull.ts';
import { readImageReference } from './image-reference.ts';

describe('toPullError', () => {
  it.each([
    'manifest for busybox:nope not found: manifest unknown: manifest unknown',
    'pull access denied for x/y, repository does not exist or may require docker login: denied',
    'unauthorized: authentication required',
    'no matching manifest for linux/arm64/v8 in the manifest list entries',
    '(HTTP code 500) server error - manifest unknown ',
  ])('takes "%s" as the requester\'s mistake', (message) => {
    expect(toPullError(new Error(message)).reason).toBe('image_not_found');
  });

  it.each([
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
    'received unexpected HTTP status: 503 Service Unavailable',
    'net/http: TLS handshake timeout',
    'toomanyrequests: You have reached your pull rate limit',
    'lookup registry.example on 10.0.0.1:53: server misbehaving: host not found',
    'something new',
  ])('takes "%s" as nobody\'s mistake', (message) => {
    expect(toPullError(new Error(message)).reason).toBe('image_pull_failed');
  });
});

describe('threat 32: a registry that the agent can’t read', () => {
  const read = (image: string, registries: string[] | null) =>
    readBefore(
      { images: { ...imagePolicyUsual, registries }, log: silentLogger },
      readImageReference(image),
      new AbortController().signal,
    );

  it('leads the engine nowhere by a tag, unless the provider named it', async () => {
    const refused = { reason: 'image_pull_failed' };
    await expect(read('10.255.255.1:5000/x:v1', null)).rejects.toMatchObject(refused);
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(await read(`10.255.255.1:5000/x@${digest}`, null)).toBeNull();
    expect(await read('127.0.0.1:9/x:v1', ['127.0.0.1'])).toBeNull();
  });
});

describe('threat 25: a pull that fails', () => {
  it.each([
    ['error parsing HTTP 200 response body: invalid character: "<h1>My router</h1>"'],
    ['manifest unknown: "the words of a service at home"'],
  ])('tells a requester nothing of what answered: %s', (words) => {
    const { message, reason } = toPullError(new Error(words));
    const told = withoutWords(reason, { registryHost: 'evil.example' });
    expect(message).toBe(words);
    expect(told.reason).toBe(reason);
    expect(told.message).toContain('evil.example');
    expect(JSON.stringify([told.message, told.cause])).not.toMatch(/router|home/);
  });
});
