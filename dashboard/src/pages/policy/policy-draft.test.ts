import { type ProviderPolicy, policyKeys } from '@node3/shared/provider-policy';
import { describe, expect, it } from 'vitest';
import { changedKeys, type PolicyDraft, readField, toDraft, withAmounts } from './policy-draft.ts';

const usdc = (amount: string) => ({ amount, asset: 'USDC' as const });
const policy: ProviderPolicy = {
  hours: ['mon-fri 22:00-08:00', 'sat 00:00-24:00', '12:00-13:00'],
  maintenance: ['2026-12-01T22:00/2026-12-02T06:00'],
  timeZone: 'Europe/Madrid',
  idleMinutes: 10,
  temperatureCelsiusMax: 80,
  powerWattsMax: null,
  batteryAllowed: false,
  asks: { '*': { SOL: null, USDC: usdc('0.3') }, l4: { SOL: null, USDC: null } },
  imagesAllowed: ['python', 'ghcr.io/acme/*'],
  registriesAllowed: null,
  egressHosts: ['huggingface.co', '*'],
  requestersBlocked: [],
  diskFloorBytes: 1.5 * 1024 ** 3,
  imageDiskBytes: null,
  warmContainers: 2,
  nativeAllowed: false,
  whenClosed: 'finish',
  electricityUsdPerKwh: 0.18,
};
const draft = toDraft(policy, ['rtx-4090']);
const read = (changes: Partial<PolicyDraft>, key: keyof ProviderPolicy) =>
  readField({ ...draft, ...changes }, key);

describe('a draft of a policy', () => {
  it('says what the policy says, field by field', () => {
    for (const key of policyKeys) {
      const expected =
        key === 'hours' ? ['mon-fri 22:00-08:00', 'sat 00:00-00:00', '12:00-13:00'] : policy[key];
      expect(readField(draft, key)).toEqual({ value: expected });
    }
  });

  it('asks as for all others where both amounts were emptied, and never for anything by that', () => {
    const [row] = toDraft(
      { ...policy, asks: { l4: { SOL: null, USDC: usdc('1') } } },
      [],
    ).asks.slice(1);
    if (row === undefined) throw new Error('a row for l4');
    const emptied = withAmounts(row, { USDC: '' });
    expect(read({ asks: [emptied] }, 'asks')).toEqual({ value: {} });
    const dearer = { SOL: null, USDC: usdc('2') };
    const asks = [withAmounts(row, { USDC: '2' })];
    expect(read({ asks }, 'asks')).toEqual({ value: { l4: dearer } });
  });

  it('has a row for each class of the machine, which asks for nothing of its own while it is empty', () => {
    expect(draft.asks.map(({ name, listed }) => [name, listed])).toEqual([
      ['*', true],
      ['rtx-4090', false],
      ['l4', true],
    ]);
    const asks = draft.asks.map((row) =>
      row.name === 'rtx-4090' ? { ...row, USDC: '0.45' } : row,
    );
    expect(read({ asks }, 'asks')?.value).toEqual({
      ...policy.asks,
      'rtx-4090': { SOL: null, USDC: usdc('0.45') },
    });
  });

  it.each([
    ['idleMinutes', { idleMinutes: '0' }],
    ['idleMinutes', { idleMinutes: 'ten' }],
    ['temperatureCelsiusMax', { temperatureCelsiusMax: '80.5' }],
    ['timeZone', { timeZone: 'Nowhere/Atall' }],
    ['hours', { hours: [{ fromDay: 'mon', toDay: 'fri', from: '', to: '08:00' }] }],
    ['asks', { asks: [{ name: '*', listed: true, USDC: '0.0000001', SOL: '' }] }],
    ['asks', { asks: [{ name: 'RTX 4090', listed: true, USDC: '1', SOL: '' }] }],
    ['egressHosts', { egressHosts: '192.168.0.1' }],
    ['requestersBlocked', { requestersBlocked: 'somebody' }],
    ['imagesAllowed', { imagesAllowed: { limited: true, text: 'not an image' } }],
    ['diskFloorBytes', { diskFloorBytes: '' }],
    ['diskFloorBytes', { diskFloorBytes: '0.5' }],
    ['electricityUsdPerKwh', { electricityUsdPerKwh: '11' }],
    ['warmContainers', { warmContainers: '' }],
  ] as const)('refuses %s %j', (key, changes) => {
    expect(read(changes as Partial<PolicyDraft>, key)).toBeNull();
  });

  it('tells an empty list from no limit', () => {
    expect(read({ imagesAllowed: { limited: true, text: ' ' } }, 'imagesAllowed')).toEqual({
      value: [],
    });
    expect(read({ imagesAllowed: { limited: false, text: 'python' } }, 'imagesAllowed')).toEqual({
      value: null,
    });
    expect(read({ egressHosts: 'a.example.com, b.example.com\n' }, 'egressHosts')?.value).toEqual([
      'a.example.com',
      'b.example.com',
    ]);
  });

  it('knows which fields were changed', () => {
    expect(changedKeys(draft, toDraft(policy, ['rtx-4090']))).toEqual([]);
    expect(changedKeys({ ...draft, idleMinutes: '', hours: [] }, draft)).toEqual([
      'hours',
      'idleMinutes',
    ]);
  });
});
