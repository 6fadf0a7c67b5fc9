import { describe, expect, it } from 'vitest';
import { layerSizes } from './image-size.ts';
import { PullProgress, pullUnknown } from './pull-progress.ts';

const say = (id: string, status: string) => ({ id, status, progressDetail: {} });
const fetching = (id: string, current: number, total?: number) => ({
  id,
  status: 'Downloading',
  progressDetail: { current, ...(total === undefined ? {} : { total }) },
});

function pullOf(progress: PullProgress, ...events: object[]) {
  for (const event of events) progress.take(event);
  return progress.pull;
}

describe('PullProgress', () => {
  it('knows nothing before the first layer, and no total before that of every layer', () => {
    const progress = new PullProgress(null);
    expect(pullOf(progress, say('latest', 'Pulling from x'))).toEqual(pullUnknown);
    const begun = pullOf(progress, say('a', 'Pulling fs layer'), say('b', 'Pulling fs layer'));
    expect(begun).toEqual({ bytesDone: 0, bytesTotal: null, layersDone: 0, layersTotal: 2 });
    expect(pullOf(progress, fetching('a', 10, 100))).toMatchObject({ bytesTotal: null });
    expect(progress.bytesSeen).toBe(100);
    expect(pullOf(progress, fetching('b', 5, 50))).toMatchObject({
      bytesDone: 15,
      bytesTotal: 150,
    });
    const extracting = { ...fetching('a', 1, 100), status: 'Extracting' };
    expect(pullOf(progress, extracting)).toMatchObject({ bytesDone: 105, bytesTotal: 150 });
    expect(pullOf(progress, say('a', 'Pull complete'))).toMatchObject({ layersDone: 1 });
  });

  it('counts only what was missing, by the sizes of the manifest', () => {
    const id = (digit: string) => digit.repeat(12);
    const layers = ['a', 'b', 'c'].map((digit, at) => ({
      digest: `sha256:${digit.repeat(64)}`,
      size: 10 ** at,
    }));
    const progress = new PullProgress(layerSizes({ layers }));
    const events = [
      say(id('a'), 'Already exists'),
      say(id('b'), 'Pulling fs layer'),
      say(id('c'), 'Waiting'),
    ];
    expect(pullOf(progress, ...events)).toEqual({
      bytesDone: 0,
      bytesTotal: 110,
      layersDone: 1,
      layersTotal: 3,
    });
    expect(pullOf(progress, say(id('b'), 'Download complete'))).toMatchObject({ bytesDone: 10 });
    expect(layerSizes({ layers: [{ digest: 'md5:x', size: 1 }] })).toBeNull();
  });

  it('says no total where the registry tells no lengths', () => {
    const progress = new PullProgress(null);
    const events = [fetching('a', 10, 0), fetching('b', 5)];
    expect(pullOf(progress, ...events)).toMatchObject({ bytesDone: 15, bytesTotal: null });
  });
});
