import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useShortcut } from '../keyboard/keyboard.tsx';
import type { ShortcutId } from '../keyboard/keyboard-map.ts';
import type { NavigationItem } from '../navigation/navigation-item.ts';
import { lazyPart } from '../parts/lazy-part.ts';
import { useNavigation } from './use-navigation.ts';

const ShortcutSheet = lazyPart(
  async () => (await import('../keyboard/shortcut-sheet.tsx')).ShortcutSheet,
);

/** Where a shortcut leads, if the host has that page. */
const targets: readonly (readonly [ShortcutId, string])[] = [
  ['newJob', '/jobs/new'],
  ['goHome', '/'],
  ['goJobs', '/jobs'],
  ['goProviders', '/providers'],
  ['goWallet', '/wallet'],
  ['goMarket', '/marketplace'],
  ['goSettings', '/settings'],
];

/** The shortcuts that work everywhere, and the sheet that lists those of the page. */
export function FrameShortcuts() {
  const { sections } = useNavigation();
  const [opened, { open, close }] = useDisclosure(false);
  useShortcut('sheet', open);
  const items = sections.flatMap((section) => section.items);
  return (
    <>
      {targets.map(([id, to]) => {
        const item = items.find((one) => one.to === to);
        return item === undefined ? null : <GoTo key={id} id={id} to={item.to} />;
      })}
      {opened && (
        <Suspense fallback={null}>
          <ShortcutSheet onClose={close} />
        </Suspense>
      )}
    </>
  );
}

function GoTo({ id, to }: { id: ShortcutId; to: NavigationItem['to'] }) {
  const navigate = useNavigate();
  useShortcut(id, () => void navigate({ to }));
  return null;
}
