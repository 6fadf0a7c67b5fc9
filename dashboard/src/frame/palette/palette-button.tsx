import { Kbd, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { modKey } from '../../keyboard/key-names.ts';
import { useShortcut } from '../../keyboard/keyboard.tsx';
import { lazyPart } from '../../parts/lazy-part.ts';

const Palette = lazyPart(async () => (await import('./palette.tsx')).Palette);

/** Opens the palette, as Ctrl K does. It is loaded when it is first wanted. */
export function PaletteButton() {
  const { t } = useTranslation();
  const [opened, { open, close, toggle }] = useDisclosure(false);
  useShortcut('palette', toggle);
  return (
    <>
      <UnstyledButton className="search-button" onClick={open} aria-haspopup="dialog">
        <IconSearch size={17} aria-hidden />
        <span className="search-text">{t('palette.button')}</span>
        <Kbd className="search-keys" size="xs" aria-hidden>
          {modKey} K
        </Kbd>
      </UnstyledButton>
      {opened && (
        <Suspense fallback={<KeysTaken />}>
          <Palette onClose={close} />
        </Suspense>
      )}
    </>
  );
}

/** While the palette is loaded: what is typed is meant for it, and no shortcut of the page. */
function KeysTaken() {
  const { t } = useTranslation();
  return (
    <div
      role="dialog"
      aria-modal="true"
      aria-label={t('key.palette')}
      className="visually-hidden"
    />
  );
}
