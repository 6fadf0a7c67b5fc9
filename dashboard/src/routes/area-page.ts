import { lazyRouteComponent } from '@tanstack/react-router';
import type { FunctionComponent } from 'react';
import { type Area, areaTexts } from '../i18n/area-texts.ts';

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
    const [page] = await Promise.all([load(), areaTexts.need(areas)]);
    return { page: page[name] };
  }, 'page');
}
