import { Button, Group, Modal, Select, Stack, TagsInput, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { limits } from '@node3/shared/limits';
import {
  archiveTemplate,
  copyTemplate,
  setTemplateVisibility,
  type TemplateDetail,
  type TemplateVisibility,
  templateVisibilities,
} from '@node3/shared/routes/templates';
import { IconArchive, IconCopy, IconEye, IconVersions } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx';
import { ErrorView } from '../../../parts/error-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { useNotice } from '../../../parts/use-notice.tsx';
import { NewVersion } from './new-version.tsx';

/** What can be done with a template; most of it only with one's own. */
export function TemplateActions({ template }: { template: TemplateDetail }) {
  const { t } = useTranslation();
  const isOpen = template.archivedAt === null;
  return (
    <SectionCard title={t('templates.actions')}>
      <Stack gap="xs" align="stretch">
        <CopyButton template={template} />
        {template.own && isOpen && (
          <>
            <VersionButton template={template} />
            <VisibilityButton template={template} />
            <ArchiveButton template={template} />
          </>
        )}
        {!template.own && (
          <Text size="sm" c="dimmed">
            {t('templates.notOwn')}
          </Text>
        )}
      </Stack>
    </SectionCard>
  );
}

interface ActionProps {
  template: TemplateDetail;
}

/** Reads the templates again, and says what was done. */
function useDone() {
  const queryClient = useQueryClient();
  const notify = useNotice();
  return (message: string) => {
    void queryClient.invalidateQueries({ queryKey: ['own', 'template'] });
    void queryClient.invalidateQueries({ queryKey: ['own', 'templates'] });
    void queryClient.invalidateQueries({ queryKey: ['gallery'] });
    notify({ kind: 'done', message });
  };
}

function CopyButton({ template }: ActionProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const done = useDone();
  const navigate = useNavigate();
  const { templateId } = template;
  const copy = useMutation({
    mutationFn: () => client.call(copyTemplate, { params: { templateId } }),
    onSuccess(made) {
      done(t('templates.copied'));
      void navigate({
        to: '/templates/$templateId',
        params: { templateId: made.templateId },
        search: {},
      });
    },
  });
  return (
    <>
      {copy.error !== null && <ErrorView error={copy.error} />}
      <Button
        variant="default"
        leftSection={<IconCopy size={16} aria-hidden />}
        loading={copy.isPending}
        onClick={() => copy.mutate()}
      >
        {t('templates.copy')}
      </Button>
    </>
  );
}

function VersionButton({ template }: ActionProps) {
  const { t } = useTranslation();
  const done = useDone();
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconVersions size={16} aria-hidden />} onClick={open}>
        {t('templates.newVersion')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        size="xl"
        title={t('templates.newVersion')}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <NewVersion
          template={template}
          onDone={() => {
            done(t('templates.versionAdded'));
            close();
          }}
        />
      </Modal>
    </>
  );
}

function VisibilityButton({ template }: ActionProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const done = useDone();
  const [opened, { open, close }] = useDisclosure(false);
  const [visibility, setVisibility] = useState<TemplateVisibility>(template.visibility);
  const [tags, setTags] = useState(template.tags);
  const { templateId } = template;
  const save = useMutation({
    mutationFn: () =>
      client.call(setTemplateVisibility, { params: { templateId }, body: { visibility, tags } }),
    onSuccess() {
      done(t('templates.visibilitySaved'));
      close();
    },
  });
  return (
    <>
      <Button variant="default" leftSection={<IconEye size={16} aria-hidden />} onClick={open}>
        {t('templates.changeVisibility')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t('templates.changeVisibility')}
        centered
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <Stack gap="md">
          {save.error !== null && <ErrorView error={save.error} />}
          <Select
            label={t('templates.visibility')}
            description={t(`visibility.${visibility}.text`)}
            data={templateVisibilities.map((value) => ({ value, label: t(`visibility.${value}`) }))}
            value={visibility}
            allowDeselect={false}
            onChange={(value) => {
              if (value !== null) setVisibility(value);
            }}
          />
          <TagsInput
            label={t('templates.tags')}
            description={t('templates.tagsText')}
            value={tags}
            maxTags={limits.templateTags}
            onChange={setTags}
          />
          <Group justify="flex-end">
            <Button loading={save.isPending} onClick={() => save.mutate()}>
              {t('save.save')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function ArchiveButton({ template }: ActionProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const done = useDone();
  const [opened, { open, close }] = useDisclosure(false);
  const { templateId } = template;
  const archive = useMutation({
    mutationFn: () => client.call(archiveTemplate, { params: { templateId } }),
    onSuccess: () => done(t('templates.archivedNow')),
  });
  return (
    <>
      {archive.error !== null && <ErrorView error={archive.error} />}
      <Button
        variant="default"
        leftSection={<IconArchive size={16} aria-hidden />}
        loading={archive.isPending}
        onClick={open}
      >
        {t('templates.archive')}
      </Button>
      <ConfirmDialog
        opened={opened}
        title={t('templates.archiveTitle')}
        text={t('templates.archiveText')}
        confirm={t('templates.archiveConfirm')}
        color="red"
        onConfirm={() => archive.mutate()}
        onClose={close}
      />
    </>
  );
}
