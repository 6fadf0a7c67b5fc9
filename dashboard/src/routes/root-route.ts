import { createRootRouteWithContext, notFound } from '@tanstack/react-router';
import type { AppConfig } from '../config.ts';
import { Shell } from '../frame/shell.tsx';
import { NotFoundPage } from '../pages/not-found-page.tsx';

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
