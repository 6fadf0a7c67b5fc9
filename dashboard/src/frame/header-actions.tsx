import { useApp } from '../app-context.tsx';
import { AccountMenu } from './account-menu.tsx';
import { AlertBell } from './alert-bell.tsx';
import { ColorSchemeMenu, LanguageMenu } from './header-menus.tsx';

/** The menus of the header; a phone has two of them in its sheet instead. */
export function HeaderActions({ phone }: { phone: boolean }) {
  const isMarketplace = useApp().config.mode === 'marketplace';
  return (
    <>
      {isMarketplace && <AlertBell />}
      {!phone && <LanguageMenu />}
      {!phone && <ColorSchemeMenu />}
      {isMarketplace && <AccountMenu />}
    </>
  );
}
