import { UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots } from '@tabler/icons-react';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { lazyPart } from '../parts/lazy-part.ts';
import { ItemLink } from './item-link.tsx';
import { useNavigation } from './use-navigation.ts';

const MoreSheet = lazyPart(async () => (await import('./more-sheet.tsx')).MoreSheet);

/** What stands in the bar of phones; the rest is in the sheet. */
const inBar: readonly string[] = ['/', '/jobs', '/jobs/new', '/wallet'];
const inBarMax = 4;

/** The navigation of phones: the pages that are needed most, and a sheet with all of them. */
export function TabBar() {
  const { t } = useTranslation();
  const { config } = useApp();
  const { sections, active } = useNavigation();
  const [opened, { open, close }] = useDisclosure(false);
  const items = sections.flatMap((section) => section.items);
  const isShort = config.mode === 'marketplace';
  const shown = isShort
    ? inBar.flatMap((to) => items.filter((item) => item.to === to))
    : items.slice(0, inBarMax);
  return (
    <>
      <nav className="tab-bar" aria-label={t('shell.navigation')}>
        {shown.map((item) => (
          <ItemLink key={item.to} item={item} className="tab-link" active={item.to === active} />
        ))}
        <UnstyledButton
          className="tab-link"
          onClick={open}
          aria-haspopup="dialog"
          aria-expanded={opened}
        >
          <IconDots size={19} stroke={1.75} aria-hidden />
          <span>{t('nav.more')}</span>
        </UnstyledButton>
      </nav>
      {opened && (
        <Suspense fallback={null}>
          <MoreSheet onClose={close} />
        </Suspense>
      )}
    </>
  );
}
