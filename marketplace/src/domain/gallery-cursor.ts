import { MarketError } from '@node3/shared/error';
import { idPattern } from '@node3/shared/ids';
import type { GallerySort, GalleryTemplate } from '@node3/shared/routes/templates';

/** Where a page of the gallery ended; a template may have been used more since. */
export interface GalleryPlace {
  /** null in the order newest first. */
  uses: number | null;
  templateId: string;
}

const templateId = idPattern('template').slice(1, -1);
const forms: Record<GallerySort, RegExp> = {
  newest: new RegExp(`^(${templateId})$`),
  uses: new RegExp(`^(${templateId})\\.(\\d{1,15})$`),
};

/** Throws REQUEST_INVALID for a cursor of another order, or none. */
export function readGalleryCursor(sort: GallerySort, cursor: string): GalleryPlace {
  const [, id, uses] = forms[sort].exec(cursor) ?? [];
  if (id !== undefined) return { templateId: id, uses: uses === undefined ? null : Number(uses) };
  const detail = 'is no cursor of this order; take nextCursor of the page before, or leave it out';
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/cursor', detail }] });
}

/** A built-in one, which nobody counts, stands after all others. */
export function writeGalleryCursor(
  sort: GallerySort,
  { templateId: id, uses }: Pick<GalleryTemplate, 'templateId' | 'uses'>,
): string {
  return sort === 'newest' ? id : `${id}.${uses ?? 0}`;
}
