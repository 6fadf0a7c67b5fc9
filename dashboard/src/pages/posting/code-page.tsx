import { useTranslation } from 'react-i18next';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { CodeForm } from './code-form.tsx';

export function CodePage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('code.title')} subtitle={t('code.subtitle')} />
      <RequireSession>{(account) => <CodeForm account={account} />}</RequireSession>
    </>
  );
}
