import { useTranslation } from 'react-i18next';
import { PageHeading } from '../parts/page-heading.tsx';
import { RequireSession } from '../parts/require-session.tsx';
import { DeviceLogin } from './device/device-login.tsx';

/** Approving a login on another device (RFC 8628), by whoever is signed in here. */
export function DevicePage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('deviceLogin.title')} subtitle={t('deviceLogin.subtitle')} />
      <RequireSession scope="account">{() => <DeviceLogin />}</RequireSession>
    </>
  );
}
