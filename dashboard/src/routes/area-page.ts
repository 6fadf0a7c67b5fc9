import { lazyRouteComponent } from '@tanstack/react-router';
import type { FunctionComponent } from 'react';
import { type Area, areaTexts } from '../i18n/area-texts.ts';
import { whenAnswered } from '../parts/lazy-part.ts';

/**
 * A page in a chunk of its own, with the texts it needs. `name` is what the module exports it as.
 * Every page has the texts of `core`.
 */
export function areaPage<Name extends string>(
  areas: readonly Area[],
  load: () => Promise<Record<Name, FunctionComponent>>,
  name: Name,
) {
  return lazyRouteComponent(async () => {
    const texts = () => areaTexts.need(areas);
    const [page] = await Promise.all([whenAnswered(load), whenAnswered(texts)]);
    return { page: page[name] };
  }, 'page');
}
