import { findMatches, type LogPattern } from './find-matches.ts';

/** Some rows, and what to look for in them. */
export interface SearchOrder {
  id: number;
  texts: string[];
  pattern: LogPattern;
}

export interface SearchAnswer {
  id: number;
  matches: Uint32Array<ArrayBuffer>;
}

/** The part of a worker's own scope that is used. */
interface WorkerScope {
  addEventListener(name: 'message', listener: (event: { data: SearchOrder }) => void): void;
  postMessage(answer: SearchAnswer, transfer: ArrayBuffer[]): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.addEventListener('message', ({ data: { id, texts, pattern } }) => {
  const matches = findMatches(texts, pattern);
  scope.postMessage({ id, matches }, [matches.buffer]);
});
