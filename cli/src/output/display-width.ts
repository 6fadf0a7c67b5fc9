/** Scripts whose characters take two columns, and emoji. */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u;
/** What is drawn over the character before it, or not at all. */
const invisible = /^[\p{Mark}\p{Cf}\u115f\u1160]+$/u;
const ascii = /^[\x20-\x7e]*$/;

let segmenter: Intl.Segmenter | null = null;

/** Columns that a terminal takes for a text without control characters. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  return graphemesOf(text).reduce((sum, each) => sum + graphemeWidth(each), 0);
}

/** The text, or its beginning and a mark that there is more, in at most so many columns. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  let kept = '';
  let room = width - 1;
  for (const each of graphemesOf(text)) {
    room -= graphemeWidth(each);
    if (room < 0) break;
    kept += each;
  }
  return `${kept}…`;
}

/** What a reader sees as one character; code points alone would tear flags and accents apart. */
function graphemesOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}
