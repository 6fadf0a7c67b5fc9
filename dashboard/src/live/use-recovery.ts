import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { askWhetherBack, type Contact } from '../contact.ts';
import type { StreamClient } from './stream-client.ts';

/** How often a host that doesn't answer is asked whether it is back. */
const probeMs = 3_000;

/**
 * While the host doesn't answer it is asked again and again, whatever the page does; once it does, the
 * socket is opened at once and everything that is shown is read anew.
 */
export function useRecovery(
  contact: Contact,
  send: typeof fetch,
  stream: StreamClient | null,
): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    let wasFailing = false;
    let probes: ReturnType<typeof setInterval> | undefined;
    const probe = () => askWhetherBack(send);
    const unsubscribe = contact.subscribe(() => {
      const isFailing = contact.state().failingSinceMs !== null;
      if (isFailing === wasFailing) return;
      wasFailing = isFailing;
      clearInterval(probes);
      if (isFailing) {
        probes = setInterval(probe, probeMs);
        return;
      }
      stream?.connect();
      void queryClient.invalidateQueries();
    });
    return () => {
      clearInterval(probes);
      unsubscribe();
    };
  }, [contact, send, stream, queryClient]);
}
