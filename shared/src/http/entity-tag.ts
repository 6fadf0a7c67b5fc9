import { hash } from 'node:crypto';
import { MarketError } from '../error.ts';

/** Of SHA-256, base64url: 96 bits. */
const partChars = 16;

/**
 * A strong ETag: one hash for each part of an answer. Parts that change by themselves, such as what was
 * spent today, come last, so that `If-Match` and `since` can look at the ones before alone.
 */
export function entityTag(...parts: readonly unknown[]): string {
  return `"${parts.map(hashOf).join('.')}"`;
}

/** Whether `If-None-Match` names this tag; a proxy may have made it weak. */
export function isTagKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return tagsIn(header).some((known) => known === '*' || known.replace(/^W\//, '') === tag);
}

/** Whether the tag, of an earlier answer, has this value for the part. */
export function hasPart(tag: string, part: number, value: unknown): boolean {
  return tag.replaceAll(/^W\/|"/g, '').split('.')[part] === hashOf(value);
}

/**
 * Throws RESOURCE_CHANGED where `If-Match` names no tag with this part: call it in the write that
 * changes the resource, with what is stored. null changes whatever is there.
 */
export function assertUnchanged(ifMatch: string | null, value: unknown, part = 0): void {
  if (ifMatch === null) return;
  const fits = tagsIn(ifMatch).some(
    (tag) => tag === '*' || (!tag.startsWith('W/') && hasPart(tag, part, value)),
  );
  if (!fits) throw new MarketError('RESOURCE_CHANGED');
}

function tagsIn(header: string): string[] {
  return header.split(',').map((tag) => tag.trim());
}

function hashOf(value: unknown): string {
  return hash('sha256', JSON.stringify(value) ?? '', 'base64url').slice(0, partChars);
}
