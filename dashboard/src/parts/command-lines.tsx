import { Collapse, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconTerminal2 } from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyText } from './copy-text.tsx';

export interface CommandLine {
  label: string;
  text: string;
}

/** The same thing in the terminal: every view can be scripted. */
export function CommandLines({ lines }: { lines: CommandLine[] }) {
  const { t } = useTranslation();
  const [opened, { toggle }] = useDisclosure(false);
  const panelId = useId();
  return (
    <div className="command-lines">
      <UnstyledButton
        onClick={toggle}
        aria-expanded={opened}
        aria-controls={panelId}
        className="command-toggle"
      >
        <IconTerminal2 size={16} aria-hidden />
        <span>{t('commands.title')}</span>
        <IconChevronDown size={14} aria-hidden className={opened ? 'chevron-open' : ''} />
      </UnstyledButton>
      <Collapse expanded={opened} id={panelId}>
        <Stack gap="xs" pt="xs">
          {lines.map((line) => (
            <Group key={line.text} wrap="nowrap" gap="xs" align="flex-start">
              <Text size="xs" fw={600} c="dimmed" w={34} pt={7}>
                {line.label}
              </Text>
              {/* Long commands scroll sideways, so the box takes the focus for keyboard users. */}
              <pre
                className="command-text"
                // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
                tabIndex={0}
                aria-label={line.label}
              >
                {line.text}
              </pre>
              <CopyText value={line.text} label={t('action.copyNamed', { name: line.label })} />
            </Group>
          ))}
        </Stack>
      </Collapse>
    </div>
  );
}
