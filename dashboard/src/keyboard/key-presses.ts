/** What of a key event counts. */
export type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

const modifiers = new Set(['Shift', 'Control', 'Meta', 'Alt', 'AltGraph', 'CapsLock', 'Dead']);

/** How the map writes a press, such as `mod+k`, `?` or `g`; null for one that is none by itself. */
export function nameOfPress({ key, ctrlKey, metaKey, altKey }: Press): string | null {
  if (modifiers.has(key) || key === 'Unidentified') return null;
  // Some keyboards type "/" or "?" with the right Alt key, which reports Ctrl as well.
  const isTyped = altKey && ctrlKey && key.length === 1;
  if (altKey && !isTyped) return null;
  if ((ctrlKey || metaKey) && !isTyped) return `mod+${key.toLowerCase()}`;
  return key === ' ' ? 'space' : key;
}

/** A second press belongs to the first one for so long. */
const chordMs = 1_200;

/** Puts presses together to what they may mean: after `g`, `j` means `g j`, and else itself. */
export class KeyPresses {
  #first: string | null = null;
  #firstAtMs = 0;

  /**
   * @param keys of all shortcuts that work now.
   * @returns those of the one that was pressed; null where there is none, or not yet.
   */
  press(name: string, atMs: number, keys: readonly string[]): string | null {
    const isSecond = this.#first !== null && atMs - this.#firstAtMs <= chordMs;
    const chord = `${this.#first} ${name}`;
    this.#first = null;
    if (isSecond && keys.includes(chord)) return chord;
    if (keys.includes(name)) return name;
    if (keys.some((one) => one.startsWith(`${name} `))) {
      this.#first = name;
      this.#firstAtMs = atMs;
    }
    return null;
  }
}
