import { describe, expect, it } from 'vitest';
import { PullProgress, toPullError } from './image-pull.ts';

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

describe('PullProgress', () => {
  it('adds up the layers and knows nothing before the first one', () => {
    const progress = new PullProgress();
    expect(progress.take({ status: 'Pulling from x' }).bytesTotal).toBeNull();
    const layer = (id: string, current: number, total: number) => ({
      id,
      status: 'Downloading',
      progressDetail: { current, total },
    });
    progress.take(layer('a', 10, 100));
    expect(progress.take(layer('b', 5, 50))).toMatchObject({ bytesDone: 15, bytesTotal: 150 });
    expect(progress.take(layer('a', 100, 100))).toMatchObject({ bytesDone: 105, bytesTotal: 150 });
    const extracting = { ...layer('a', 1, 100), status: 'Extracting' };
    expect(progress.take(extracting)).toMatchObject({ bytesDone: 105 });
  });
});
