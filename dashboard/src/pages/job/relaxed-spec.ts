import type { Alternative } from '@node3/shared/routes/explain';

/**
 * The merge patch (RFC 7386) that makes one change of a spec; null where the field is inside of a list,
 * which a merge patch can't reach.
 */
export function patchFor({ pointer, value }: Pick<Alternative, 'pointer' | 'value'>) {
  const names = pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (names.length === 0 || names.some((name) => /^\d+$/.test(name))) return null;
  return names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}
