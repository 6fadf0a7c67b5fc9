import { ActionIcon, Button, Group, Modal, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNotice } from '../../parts/use-notice.tsx';
import { isFiltered, isSameFilter, type JobsFilter } from './jobs-search.ts';
import {
  defaultViews,
  readViews,
  type SavedView,
  viewNameChars,
  withoutView,
  withView,
  writeViews,
} from './saved-views.ts';

/** Filters by name: those that everybody has, and those that this browser keeps. */
export function ViewMenu({ filter }: { filter: JobsFilter }) {
  const { t } = useTranslation();
  const notify = useNotice();
  const [views, setViews] = useState(() => readViews(localStorage));
  const [opened, menu] = useDisclosure(false);
  const [naming, dialog] = useDisclosure(false);
  const keep = (changed: SavedView[]) => {
    setViews(changed);
    if (!writeViews(localStorage, changed)) {
      notify({ kind: 'failed', message: t('jobs.view.notKept') });
    }
  };
  const names = Object.keys(defaultViews) as (keyof typeof defaultViews)[];
  const known: SavedView[] = [
    ...names.map((name) => ({ name: t(`jobs.view.${name}`), filter: defaultViews[name] })),
    ...views,
  ];
  const current = known.find((view) => isSameFilter(view.filter, filter))?.name;
  return (
    <>
      <Popover opened={opened} onChange={menu.toggle} position="bottom-end" trapFocus>
        <Popover.Target>
          <Button
            variant="default"
            size="xs"
            onClick={menu.toggle}
            leftSection={<IconBookmark size={15} aria-hidden />}
          >
            <span className="truncate view-name">{current ?? t('jobs.views')}</span>
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={6} aria-label={t('jobs.views')}>
          <Stack gap={2} className="view-list">
            {names.map((name) => (
              <ViewLink key={name} filter={defaultViews[name]} onOpen={menu.close}>
                {t(`jobs.view.${name}`)}
              </ViewLink>
            ))}
            {views.length > 0 && <hr />}
            {views.map((view) => (
              <Group key={view.name} gap={2} wrap="nowrap">
                <ViewLink filter={view.filter} onOpen={menu.close}>
                  {view.name}
                </ViewLink>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('jobs.view.delete', { name: view.name })}
                  onClick={() => keep(withoutView(views, view.name))}
                >
                  <IconTrash size={15} aria-hidden />
                </ActionIcon>
              </Group>
            ))}
            <hr />
            <Button
              size="xs"
              variant="subtle"
              disabled={!isFiltered(filter)}
              onClick={() => {
                menu.close();
                dialog.open();
              }}
            >
              {t('jobs.view.save')}
            </Button>
            {!isFiltered(filter) && (
              <Text size="xs" c="dimmed" px={8} maw={220}>
                {t('jobs.view.saveHint')}
              </Text>
            )}
          </Stack>
        </Popover.Dropdown>
      </Popover>
      <NameDialog
        opened={naming}
        onClose={dialog.close}
        onName={(name) => keep(withView(views, { name, filter }))}
      />
    </>
  );
}

interface ViewLinkProps {
  filter: JobsFilter;
  onOpen: () => void;
  children: string;
}

function ViewLink({ filter, onOpen, children }: ViewLinkProps) {
  return (
    <Link to="/jobs" search={filter} className="view-link" onClick={onOpen}>
      {children}
    </Link>
  );
}

interface NameDialogProps {
  opened: boolean;
  onClose: () => void;
  onName: (name: string) => void;
}

function NameDialog({ opened, onClose, onName }: NameDialogProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const wanted = name.trim();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('jobs.view.save')}
      centered
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted === '') return;
          onName(wanted);
          setName('');
          onClose();
        }}
      >
        <TextInput
          label={t('jobs.view.name')}
          description={t('jobs.view.nameHint')}
          value={name}
          maxLength={viewNameChars}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" mt="md">
          <Button type="submit" disabled={wanted === ''}>
            {t('jobs.view.keep')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
