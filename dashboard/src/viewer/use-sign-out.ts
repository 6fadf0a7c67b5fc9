import { createClient } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { endSession } from '@node3/shared/routes/sessions';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useNotice } from '../parts/use-notice.tsx';

/** What the marketplace says of a session that is over already. */
const overAlready = ['AUTH_INVALID', 'AUTH_REQUIRED', 'SESSION_NOT_FOUND'] as const;

/**
 * Signs this page out: ends the wallet's session at the marketplace, which alone can take its cookie
 * back, and forgets the key of this tab. Where the marketplace doesn't answer, that is told and nothing
 * is forgotten.
 */
export function useSignOut(): () => Promise<void> {
  const { t } = useTranslation();
  const { session, fetch } = useApp();
  const tell = useNotice();
  return async () => {
    const open = session.walletSession();
    try {
      if (open !== null) {
        const client = createClient({ baseUrl: '', fetch });
        await client.call(endSession, { params: { sessionId: open.sessionId } });
      }
    } catch (error) {
      if (!overAlready.some((code) => isMarketError(error, code))) {
        tell({ kind: 'failed', message: t('account.signOutFailed') });
        return;
      }
    }
    session.signOut();
  };
}
