import { createClient } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { type Session, splitFromHash } from './session.ts';

/**
 * Exchanges the token of an agent's link for the page's key and a cookie, after it is out of the
 * address and the history. Without an answer the page stays as it was, and says how to get in.
 */
export async function takeTokenFromAddress(
  session: Session,
  location: Location,
  history: History,
  send: typeof fetch,
): Promise<void> {
  const found = splitFromHash('token', location.hash);
  if (found === null) return;
  history.replaceState(history.state, '', location.pathname + location.search + found.hash);
  try {
    // The contracts of an agent are needed here, on this one way in, and by its own pages.
    const { openLocalSession } = await import('@node3/shared/routes/agent-local');
    const client = createClient({ baseUrl: '', fetch: send });
    const { pageKey } = await client.call(openLocalSession, { body: { token: found.value } });
    session.signIn(pageKey);
  } catch (error) {
    // Whether the page may read the agent all the same is seen, and said, when it does.
    if (isMarketError(error, 'AGENT_TOKEN_REQUIRED')) session.refuseLink();
  }
}
