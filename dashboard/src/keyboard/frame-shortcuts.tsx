import { useDisclosure } from '@mantine/hooks';
import { type LinkProps, useNavigate } from '@tanstack/react-router';
import { useApp } from '../app-context.tsx';
import { useShortcut } from './keyboard.tsx';
import type { ShortcutId } from './keyboard-map.ts';
import { ShortcutSheet } from './shortcut-sheet.tsx';

const targets = [
  ['newJob', '/jobs/new'],
  ['goHome', '/'],
  ['goJobs', '/jobs'],
] as const satisfies readonly (readonly [ShortcutId, LinkProps['to']])[];

/** The shortcuts that work everywhere, and the sheet that lists those of the page. */
export function FrameShortcuts() {
  const { config } = useApp();
  const [opened, { open, close }] = useDisclosure(false);
  useShortcut('sheet', open);
  return (
    <>
      {config.mode === 'marketplace' &&
        targets.map(([id, to]) => <GoTo key={id} id={id} to={to} />)}
      {opened && <ShortcutSheet onClose={close} />}
    </>
  );
}

function GoTo({ id, to }: { id: ShortcutId; to: (typeof targets)[number][1] }) {
  const navigate = useNavigate();
  useShortcut(id, () => void navigate({ to }));
  return null;
}
