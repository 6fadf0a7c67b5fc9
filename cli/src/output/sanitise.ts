/** Complete escape sequences: CSI, then OSC and the other strings up to their end, then two-character ones. */
const sequences = new RegExp(
  [
    '\\u001b\\[[0-?]*[ -/]*[@-~]',
    '\\u009b[0-?]*[ -/]*[@-~]',
    '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?',
    '\\u001b[ -/]*[0-~]',
  ].join('|'),
  'g',
);
/** What may stay: tab, and the carriage return of a progress bar, which moves within its own line. */
const controls = /[\u0000-\u0008\u000a-\u000c\u000e-\u001f\u007f-\u009f]/g;
/** Marks that reorder text on screen, so that what is read is not what was written. */
const reordering = /[\u202a-\u202e\u2066-\u2069]/g;
const colour = /^\u001b\[[0-9;:]*m$/;
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
