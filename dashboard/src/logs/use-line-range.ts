import { useEffect, useState } from 'react';
import { type LineRange, readLineRange, writeLineRange } from './line-range.ts';

/** The lines that the address names, and a way to name others. */
export function useLineRange(): [LineRange | null, (range: LineRange | null) => void] {
  const [range, setRange] = useState(() => readLineRange(location.hash));
  useEffect(() => {
    const onChange = () => setRange(readLineRange(location.hash));
    globalThis.addEventListener('hashchange', onChange);
    return () => globalThis.removeEventListener('hashchange', onChange);
  }, []);
  function choose(next: LineRange | null) {
    setRange(next);
    const hash = next === null ? location.pathname + location.search : writeLineRange(next);
    history.replaceState(history.state, '', hash);
  }
  return [range, choose];
}
