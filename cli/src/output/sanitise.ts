import { withoutControls } from '@node3/shared/log-text';

/** Marks that reorder text on screen, so that what is read is not what was written. */
const reordering = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes one line of a job's output safe for a terminal: a job is a stranger. Colours stay when
 * `colours` is `keep`.
 */
export function sanitiseLine(text: string, colours: 'keep' | 'drop'): string {
  return withoutControls(text, colours).replace(reordering, '');
}

const breaks = /[\t\n\v\f\r\u0085\u2028\u2029]/g;

/** A name or a detail from a stranger as a part of one line of ours: nothing of it looks like a line. */
export function sanitisePart(text: string): string {
  return sanitiseLine(text.replace(breaks, ' '), 'drop');
}

/**
 * The same for whole words of ours that carry names and details from strangers: agents choose their
 * names, and a provider writes why a job failed. Colours are ours, line breaks stay.
 */
export function sanitiseText(text: string): string {
  return text
    .split('\n')
    .map((line) => sanitiseLine(line, 'keep').replaceAll('\r', ''))
    .join('\n');
}
