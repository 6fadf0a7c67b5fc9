import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@node3/shared/limits';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PolicyStore } from './policy-store.ts';
import { openPolicy } from './testing/open-terms.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-policy-'));
  path = join(folder, 'policy.json');
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => PolicyStore.open(path, openPolicy);

describe('PolicyStore', () => {
  it('takes what the file leaves out from the defaults', async () => {
    expect((await open()).current).toEqual(openPolicy);
    await writeFile(path, '{ "idleMinutes": 10 }');
    expect((await open()).current).toEqual({ ...openPolicy, idleMinutes: 10 });
  });

  it('writes changes one after another and takes back what is unset', async () => {
    const store = await open();
    await Promise.all([
      store.change({ set: { idleMinutes: 10, whenClosed: 'stop' } }),
      store.change({ set: { powerWattsMax: 500 } }),
      store.change({ unset: ['whenClosed'] }),
    ]);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      idleMinutes: 10,
      powerWattsMax: 500,
    });
    expect((await open()).current).toEqual(store.current);
  });

  it('puts nothing back that a look read before a change', async () => {
    const store = await open();
    for (let round = 1; round <= 40; round += 1) {
      const looks = Promise.all([store.reload(), store.reload()]);
      const change = store.change({ set: { idleMinutes: round } });
      const later = store.reload();
      await Promise.all([looks, change, later]);
      expect(store.current.idleMinutes).toBe(round);
    }
  });

  it('keeps what held when an edit is wrong, and says what is', async () => {
    const store = await open();
    await writeFile(path, '{ "idleMinutes": 10 }');
    expect(await store.reload()).toBe(true);
    await writeFile(path, '{ "idleMinutes": 0 }');
    expect(await store.reload()).toBe(true);
    expect(store.problem?.text).toMatch(/idleMinutes must be minutes from 1 to 1440/);
    expect(store.problem).toMatchObject({
      code: 'policyWrong',
      values: { pointer: '/idleMinutes', field: 'idleMinutes' },
    });
    expect(store.current.idleMinutes).toBe(10);
    await expect(store.change({ set: { powerWattsMax: 5 } })).rejects.toThrow(/idleMinutes/);
    await writeFile(path, '{ "idleMinutes": 20 }');
    expect(await store.reload()).toBe(true);
    expect([store.problem, store.current.idleMinutes]).toEqual([null, 20]);
    expect(await store.reload()).toBe(false);
  });

  it.each([
    ['{', /is no JSON/],
    ['[]', /is not an object/],
    ['{ "idle": 1 }', /has no field idle\. There are: hours, /],
    ['{ "hours": [] }', /\/hours/],
    ['{ "hours": ["22-8"] }', /hours must be windows of local time/],
    ['{ "hours": ["25:00-08:00"] }', /\/hours/],
    ['{ "timeZone": "Europe/Nowhere" }', /timeZone must be the name of a time zone/],
    ['{ "asks": { "*": { "SOL": { "amount": "1", "asset": "USDC" }, "USDC": null } } }', /\/asks/],
    ['{ "asks": { "*": { "SOL": null, "USDC": { "amount": "0", "asset": "USDC" } } } }', /USDC/],
    ['{ "egressHosts": ["10.0.0.1"] }', /egressHosts\/0/],
    ['{ "temperatureCelsiusMax": 1e9 }', /temperatureCelsiusMax/],
    ['{ "nativeAllowed": "yes" }', /nativeAllowed must be on or off/],
    ['{ "diskFloorBytes": 5 }', /diskFloorBytes must be a size of at least 1g/],
    [`{ "hours": ${' '.repeat(limits.policyBytes)}null }`, /has \d+ bytes/],
  ])('refuses to start with %s', async (text, sentence) => {
    await writeFile(path, text);
    await expect(open()).rejects.toThrow(sentence);
  });
});
