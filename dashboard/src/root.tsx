import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { AppProvider } from './app-context.tsx';
import { type AppConfig, loadConfig } from './config.ts';
import { AppBoundary } from './parts/app-boundary.tsx';
import { ErrorView } from './parts/error-view.tsx';
import { createQueryClient } from './queries.ts';
import { createAppRouter } from './router.tsx';
import type { Session } from './session.ts';
import { cssVariablesResolver, theme } from './theme.ts';

const retryMs = 3_000;

export function Root({ session }: { session: Session }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
    >
      <Notifications position="bottom-right" />
      <AppBoundary>
        <Boot session={session} />
      </AppBoundary>
    </MantineProvider>
  );
}

/** Asks the host who it is before anything is shown, and goes on asking while it doesn't answer. */
function Boot({ session }: { session: Session }) {
  const [config, setConfig] = useState<AppConfig | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    loadConfig(fetch, abort.signal).then(setConfig, (cause: unknown) => {
      if (!abort.signal.aborted) setError(cause);
    });
    return () => abort.abort();
  }, [attempt]);
  useEffect(() => {
    if (error === null || config !== null) return undefined;
    const timer = setTimeout(() => setAttempt(attempt + 1), retryMs);
    return () => clearTimeout(timer);
  }, [error, config, attempt]);
  if (config !== null) return <Services config={config} session={session} />;
  if (error === null) return null;
  return (
    <div className="boot-error">
      <ErrorView error={error} onRetry={() => setAttempt(attempt + 1)} />
    </div>
  );
}

function Services({ config, session }: { config: AppConfig; session: Session }) {
  const [queryClient] = useState(createQueryClient);
  const [router] = useState(() => createAppRouter(config.mode));
  return (
    <QueryClientProvider client={queryClient}>
      <AppProvider config={config} session={session}>
        <RouterProvider router={router} />
      </AppProvider>
    </QueryClientProvider>
  );
}
