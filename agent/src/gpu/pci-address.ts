/** @returns `0000:01:00.0` for `00000000:01:00.0` or `1:00.0`; eight digits where they are needed. */
export function normalisePciAddress(raw: string): string | null {
  const match = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-9a-f])$/i.exec(
    raw.trim(),
  );
  if (match === null) return null;
  const [, domain = '0', bus = '', slot = '', fn = ''] = match;
  const short = Number.parseInt(domain, 16).toString(16);
  const place = [bus, slot].map((part) => part.padStart(2, '0')).join(':');
  return `${short.padStart(short.length > 4 ? 8 : 4, '0')}:${place}.${fn}`.toLowerCase();
}
