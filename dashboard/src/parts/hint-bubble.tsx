import { Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import type { RefObject } from 'react';

/** What a hint shows, beside its target. Escape puts it away without moving the mouse. */
export function HintBubble(props: {
  target: RefObject<HTMLElement | null>;
  label: string;
  wide: boolean;
  opened: boolean;
  onClose: () => void;
}) {
  const { target, label, wide, opened } = props;
  useHotkeys(opened ? [['Escape', props.onClose, { preventDefault: false }]] : [], []);
  return (
    <Tooltip
      target={target}
      label={label}
      opened={opened}
      {...(wide && { multiline: true, maw: 280 })}
    />
  );
}
