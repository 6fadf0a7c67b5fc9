import { type Client, createClient } from '@node3/shared/client';
import { systemClock } from '@node3/shared/clock';
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  use,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from 'react';
import type { AppConfig } from './config.ts';
import { askWhetherBack, Contact, watchedFetch } from './contact.ts';
import { type AgentFeed, browserAgentFeed } from './live/agent-feed.ts';
import { browserStream } from './live/browser-stream.ts';
import type { StreamClient } from './live/stream-client.ts';
import { useRecovery } from './live/use-recovery.ts';
import type { Session } from './session.ts';

/** Everything a page may need that isn't a component. */
export interface App {
  config: AppConfig;
  session: Session;
  apiKey: string | null;
  /** Whether there is a key, or a session that a wallet opened; it may have ended meanwhile. */
  signedIn: boolean;
  client: Client;
  fetch: typeof fetch;
  contact: Contact;
  /** Of the marketplace; null on the agent. */
  stream: StreamClient | null;
  /** Of the agent: its status, again and again; null on the marketplace. */
  agentFeed: AgentFeed | null;
}

const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = use(AppContext);
  if (app === null) throw new Error('useApp needs an AppProvider above it');
  return app;
}

/** Whether what was read is the same for everybody. The rest goes when somebody signs in or out. */
function isPublic([root]: QueryKey): boolean {
  return root === 'market' || root === 'config' || root === 'deposit-address';
}

interface AppProviderProps {
  config: AppConfig;
  session: Session;
  children: ReactNode;
}

export function AppProvider({ config, session, children }: AppProviderProps) {
  const apiKey = useSyncExternalStore(session.subscribe, session.apiKey);
  const walletText = useSyncExternalStore(session.subscribe, session.walletText);
  const queryClient = useQueryClient();
  const contact = useMemo(() => new Contact(systemClock), []);
  const send = useMemo(() => watchedFetch(contact, (...args) => fetch(...args)), [contact]);
  const stream = useMemo(
    () => (config.mode === 'marketplace' ? browserStream(session, contact) : null),
    [config.mode, session, contact],
  );
  const agentFeed = useMemo(
    () => (config.mode === 'agent' ? browserAgentFeed(session, contact) : null),
    [config.mode, session, contact],
  );
  useEffect(() => {
    if (agentFeed === null) return undefined;
    agentFeed.connect();
    const unsubscribe = session.subscribe(() => agentFeed.restart());
    return () => {
      unsubscribe();
      agentFeed.close();
    };
  }, [agentFeed, session]);
  useEffect(() => {
    if (stream === null) return undefined;
    stream.connect();
    const unsubscribeSession = session.subscribe(() => {
      queryClient.removeQueries({ predicate: ({ queryKey }) => !isPublic(queryKey) });
      stream.restart();
    });
    // A lost socket says nothing about the host; a small request does, and dates the banner.
    const unsubscribeStatus = stream.onStatus(() => {
      if (stream.status() === 'closed') askWhetherBack(send);
    });
    const reconnect = () => {
      if (document.visibilityState === 'visible') stream.connect();
    };
    globalThis.addEventListener('online', reconnect);
    document.addEventListener('visibilitychange', reconnect);
    return () => {
      unsubscribeSession();
      unsubscribeStatus();
      globalThis.removeEventListener('online', reconnect);
      document.removeEventListener('visibilitychange', reconnect);
      stream.close();
    };
  }, [stream, session, send, queryClient]);
  useRecovery(contact, send, stream);
  const app = useMemo(
    () => ({
      config,
      session,
      apiKey,
      signedIn: apiKey !== null || walletText !== null,
      contact,
      stream,
      agentFeed,
      fetch: send,
      client: createClient({ baseUrl: '', apiKey, fetch: send }),
    }),
    [config, session, apiKey, walletText, contact, stream, agentFeed, send],
  );
  return <AppContext value={app}>{children}</AppContext>;
}
