const escape = String.fromCharCode(0x1b);
const csi = String.fromCharCode(0x9b);
const bell = String.fromCharCode(0x07);
const stringEnd = String.fromCharCode(0x9c);
/** Device control, start of string, operating system command, privacy message, program command. */
const stringStarts = String.fromCharCode(0x90, 0x98, 0x9d, 0x9e, 0x9f);

/** Complete escape sequences: CSI, then strings up to their end, then two-character ones. */
const sequences = new RegExp(
  [
    `(?:${escape}\\[|${csi})[0-?]*[ -/]*[@-~]`,
    `(?:${escape}[\\]PX^_]|[${stringStarts}])[^${bell}${escape}${stringEnd}]*(?:${bell}|${escape}\\\\|${stringEnd})?`,
    `${escape}[ -/]*[0-~]`,
  ].join('|'),
  'g',
);
/** All control characters but tab and the carriage return of a progress bar, which stays in its line. */
const controls = /(?![\t\r])\p{Cc}/gu;
/** Marks that reorder text on screen, so that what is read is not what was written. */
const reordering = /[\u202a-\u202e\u2066-\u2069]/g;
const colour = new RegExp(`^${escape}\\[[0-9;:]*m$`);
/** Stands for a kept colour sequence while control characters are removed; itself not a character. */
const placeholder = '\ufdd0';

/**
 * Makes one line of a job's output safe for a terminal: a job is a stranger, and escape sequences
 * can rename windows, write the clipboard or hide lines. Colours stay when `colours` is `keep`.
 */
export function sanitiseLine(text: string, colours: 'keep' | 'drop'): string {
  const kept: string[] = [];
  const marked = text.replaceAll(placeholder, '').replace(sequences, (sequence) => {
    if (colours === 'drop' || !colour.test(sequence)) return '';
    kept.push(sequence);
    return placeholder;
  });
  let next = 0;
  return marked
    .replace(controls, '')
    .replace(reordering, '')
    .replaceAll(placeholder, () => kept[next++] ?? '');
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
