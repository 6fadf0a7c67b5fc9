import { isTransferKind } from '@node3/shared/routes/ledger';
import { useTranslation } from 'react-i18next';

/** What an entry of the ledger is for. A kind that this app doesn't know is written as it came. */
export function TransferKind({ kind }: { kind: string }) {
  const { t } = useTranslation();
  return isTransferKind(kind) ? t(`ledger.kind.${kind}`) : <span className="mono">{kind}</span>;
}
