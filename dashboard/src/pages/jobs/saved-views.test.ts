import { describe, expect, it } from 'vitest';
import { readViews, viewsMax, withoutView, withView, writeViews } from './saved-views.ts';

function memory(text: string | null = null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_key: string, value: string) => {
      kept = value;
    },
  };
}

describe('saved views', () => {
  it('are kept, replaced by name and deleted', () => {
    const storage = memory();
    let views = withView([], { name: 'a', filter: { q: 'x' } });
    views = withView(views, { name: 'b', filter: { gpu: 'h100' } });
    views = withView(views, { name: 'a', filter: { q: 'y' } });
    expect(writeViews(storage, views)).toBe(true);
    expect(readViews(storage)).toEqual([
      { name: 'a', filter: { q: 'y' } },
      { name: 'b', filter: { gpu: 'h100' } },
    ]);
    expect(withoutView(views, 'a').map(({ name }) => name)).toEqual(['b']);
  });

  it('leave out what is none, whatever lies in the storage', () => {
    expect(readViews(memory('{'))).toEqual([]);
    expect(readViews(memory('{}'))).toEqual([]);
    const kept = [null, { name: '', filter: { q: 'x' } }, { name: 'n', filter: { state: 'no' } }];
    const good = { name: 'good', filter: { q: 'x', cursor: 'job_1', evil: 1 } };
    expect(readViews(memory(JSON.stringify([...kept, good])))).toEqual([
      { name: 'good', filter: { q: 'x' } },
    ]);
  });

  it('are so many at most', () => {
    const many = Array.from({ length: viewsMax }, (_, at) => ({
      name: String(at),
      filter: { q: 'x' },
    }));
    const more = withView(many, { name: 'new', filter: { q: 'y' } });
    expect([more.length, more[0]?.name, more.at(-1)?.name]).toEqual([viewsMax, 'new', '28']);
  });

  it('say when they are not kept', () => {
    const full = {
      getItem: () => null,
      setItem() {
        throw new Error('full');
      },
    };
    expect(writeViews(full, [])).toBe(false);
  });
});
