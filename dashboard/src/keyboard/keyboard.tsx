import { systemClock } from '@node3/shared/clock';
import { createContext, type ReactNode, use, useEffect, useRef, useState } from 'react';
import { usePreferences } from '../preferences/use-preferences.ts';
import { KeyPresses, nameOfPress } from './key-presses.ts';
import { type ShortcutId, shortcuts } from './keyboard-map.ts';

/** What the shortcuts of the page that is shown do, the innermost last. */
type Active = { id: ShortcutId; run: () => void }[];

const KeyboardContext = createContext<Active | null>(null);

/** Listens for the keys of all shortcuts below it. */
export function Keyboard({ children }: { children: ReactNode }) {
  const [active] = useState<Active>(() => []);
  const { singleKeys } = usePreferences();
  useEffect(() => {
    const presses = new KeyPresses();
    function onKeyDown(event: KeyboardEvent) {
      const name = nameOfPress(event);
      if (name === null || event.defaultPrevented || event.isComposing || event.repeat) return;
      const isPlain = !name.startsWith('mod+');
      if (isPlain && (!singleKeys || isTakenElsewhere(event.target))) return;
      const pressed = presses.press(name, systemClock.nowMs(), active.map(keysOf));
      const found = active.findLast((one) => keysOf(one) === pressed);
      if (found === undefined) return;
      event.preventDefault();
      found.run();
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [active, singleKeys]);
  return <KeyboardContext value={active}>{children}</KeyboardContext>;
}

const keysOf = ({ id }: { id: ShortcutId }): string => shortcuts[id].keys;

/** Letters belong to whatever is written in, and to an open dialog. */
function isTakenElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"][aria-modal="true"]') !== null) return true;
  const fields = 'input, textarea, select, [contenteditable="true"], [role="textbox"]';
  return target instanceof Element && target.closest(fields) !== null;
}

function useActive(): Active {
  const active = use(KeyboardContext);
  if (active === null) throw new Error('shortcuts need a Keyboard above them');
  return active;
}

/**
 * Lets a shortcut of `keyboard-map.ts` do something for as long as the component is shown. A page's wins
 * over the frame's with the same keys. Plain keys do nothing while somebody types or a dialog is open,
 * and where the settings switch them off.
 * @param run null: not now, such as for a job that can't be cancelled.
 */
export function useShortcut(id: ShortcutId, run: (() => void) | null): void {
  const active = useActive();
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  const isOn = run !== null;
  useEffect(() => {
    if (!isOn) return undefined;
    const entry = { id, run: () => latest.current?.() };
    active.push(entry);
    return () => void active.splice(active.indexOf(entry), 1);
  }, [active, id, isOn]);
}

/** The shortcuts that work on this page right now, each once. Read when the sheet is opened. */
export function useActiveShortcuts(): ShortcutId[] {
  return [...new Set(useActive().map(({ id }) => id))];
}
