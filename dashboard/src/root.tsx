import { MantineProvider } from '@mantine/core';
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { AppProvider } from './app-context.tsx';
import { type AppConfig, loadConfig } from './config.ts';
import { AppBoundary } from './parts/app-boundary.tsx';
import { ErrorView } from './parts/error-view.tsx';
import { lazyPart } from './parts/lazy-part.ts';
import { createQueryClient } from './queries/query-client.ts';
import { createAppRouter } from './router.tsx';
import type { Session } from './session.ts';
import { cssVariablesResolver, theme } from './theme.ts';

const retryMs = 3_000;

const Notices = lazyPart(async () => (await import('./frame/notices.tsx')).Notices);

/** Whose page it is decides which one is used. */
type Sessions = Record<AppConfig['mode'], Session>;

export function Root({ sessions }: { sessions: Sessions }) {
  const [queryClient] = useState(createQueryClient);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
    >
      <Suspense fallback={null}>
        <Notices />
      </Suspense>
      <AppBoundary>
        <QueryClientProvider client={queryClient}>
          <Boot sessions={sessions} />
        </QueryClientProvider>
      </AppBoundary>
    </MantineProvider>
  );
}

/** Asks the host who it is before anything is shown, and goes on asking while it doesn't answer. */
function Boot({ sessions }: { sessions: Sessions }) {
  const query = useQuery({
    queryKey: ['config'],
    queryFn: ({ signal }) => loadConfig(fetch, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchInterval: ({ state }) => (state.data === undefined ? retryMs : false),
  });
  if (query.data !== undefined)
    return <Services config={query.data} session={sessions[query.data.mode]} />;
  if (!query.isError) return null;
  return (
    <div className="boot-error">
      <ErrorView error={query.error} onRetry={() => void query.refetch()} />
    </div>
  );
}

function Services({ config, session }: { config: AppConfig; session: Session }) {
  const [router] = useState(() => createAppRouter(config.mode));
  return (
    <AppProvider config={config} session={session}>
      <RouterProvider router={router} />
    </AppProvider>
  );
}
