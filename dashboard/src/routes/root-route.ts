import { createRootRouteWithContext, notFound } from '@tanstack/react-router';
import type { AppConfig } from '../config.ts';
import { NotFoundPage } from '../pages/not-found-page.tsx';
import { Shell } from '../parts/shell.tsx';

interface RouterContext {
  mode: AppConfig['mode'];
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Shell,
  notFoundComponent: NotFoundPage,
});

/** `beforeLoad` of pages that only the marketplace has. */
export function marketplaceOnly({ context }: { context: RouterContext }): void {
  if (context.mode !== 'marketplace') throw notFound();
}

/** `beforeLoad` of pages that only the agent has. */
export function agentOnly({ context }: { context: RouterContext }): void {
  if (context.mode !== 'agent') throw notFound();
}
