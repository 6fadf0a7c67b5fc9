import { describe, expect, it } from 'vitest';
import { KeyPresses, nameOfPress } from './key-presses.ts';
import { shortcuts } from './keyboard-map.ts';

const plain = { ctrlKey: false, metaKey: false, altKey: false };

describe('nameOfPress', () => {
  it.each([
    [{ ...plain, key: 'j' }, 'j'],
    [{ ...plain, key: 'G' }, 'G'],
    [{ ...plain, key: ' ' }, 'space'],
    [{ ...plain, key: 'k', ctrlKey: true }, 'mod+k'],
    [{ ...plain, key: 'K', metaKey: true }, 'mod+k'],
    [{ key: '?', ctrlKey: true, metaKey: false, altKey: true }, '?'],
    [{ ...plain, key: 'j', altKey: true }, null],
    [{ ...plain, key: 'Shift' }, null],
  ])('reads %o as %s', (press, name) => {
    expect(nameOfPress(press)).toBe(name);
  });
});

describe('KeyPresses', () => {
  const keys = ['g j', 'g p', 'j', 'mod+k'];

  it('takes two presses that belong together for one shortcut', () => {
    const presses = new KeyPresses();
    expect(presses.press('g', 0, keys)).toBeNull();
    expect(presses.press('j', 500, keys)).toBe('g j');
    expect(presses.press('j', 600, keys)).toBe('j');
  });

  it('forgets the first press after a while, and after another one', () => {
    const presses = new KeyPresses();
    presses.press('g', 0, keys);
    expect(presses.press('j', 2_000, keys)).toBe('j');
    presses.press('g', 3_000, keys);
    expect(presses.press('x', 3_100, keys)).toBeNull();
    expect(presses.press('p', 3_200, keys)).toBeNull();
  });
});

it('no two shortcuts have the same keys, and none hides a chord', () => {
  const all = Object.values(shortcuts).map(({ keys }) => keys as string);
  expect(new Set(all).size).toBe(all.length);
  const firsts = all.filter((keys) => keys.includes(' ')).map((keys) => keys.split(' ')[0] ?? '');
  expect(firsts.filter((first) => all.includes(first))).toEqual([]);
});
