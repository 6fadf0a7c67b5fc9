import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

/** How often a host that doesn't answer is asked again. */
const retryMs = 3_000;

/** A part of the page in a file of its own, which is fetched when it is first shown. */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await whenAnswered(load) }));
}

/**
 * What is fetched when it is needed. While the host is away it comes later, by itself, and the page lives on;
 * what a host that answers does not have is an error.
 */
export async function whenAnswered<Part>(
  load: () => Promise<Part>,
  isAnswering: () => Promise<boolean> = isHostAnswering,
): Promise<Part> {
  for (let isLastTry = false; ; ) {
    try {
      return await load();
    } catch (error) {
      if (isLastTry) throw error;
      isLastTry = await isAnswering();
      while (!isLastTry) {
        await new Promise((resolve) => setTimeout(resolve, retryMs));
        isLastTry = await isAnswering();
      }
    }
  }
}

async function isHostAnswering(): Promise<boolean> {
  try {
    return (await fetch('/config.json', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}
