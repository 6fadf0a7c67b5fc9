import { MarketError } from '@node3/shared/error';
import { useTranslation } from 'react-i18next';
import { shorten } from '../format.ts';
import { useErrorWords } from '../i18n/use-error-words.ts';
import { WalletError } from './wallet-error.ts';

/** What to tell somebody whose wallet, or the marketplace behind it, did not do what was asked. */
export function useWalletProblem(): (error: unknown) => string {
  const { t } = useTranslation();
  const wordsOf = useErrorWords();
  return (error) => {
    if (error instanceof WalletError) {
      const detail = error.trouble === 'otherAccount' ? shorten(error.detail, 6, 6) : error.detail;
      return t(`wallet.error.${error.trouble}`, { detail });
    }
    if (!(error instanceof MarketError)) return String(error);
    if (error.code === 'CHALLENGE_INVALID') return t('wallet.error.expired');
    if (error.code === 'SIGNATURE_INVALID') return t('wallet.error.signature');
    if (error.code === 'MARKETPLACE_UNREACHABLE') return t('wallet.error.unreachable');
    const { title, details, facts, fix } = wordsOf(error);
    const told = details.filter(({ isForeign }) => !isForeign).map(({ text }) => text);
    return [...(told.length > 0 ? told : [`${title}.`, ...facts]), fix].join(' ');
  };
}
