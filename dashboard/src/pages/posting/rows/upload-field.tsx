import { Button, FileButton, Group, Progress, Text, TextInput } from '@mantine/core';
import { isJobFilePath } from '@node3/shared/job-files';
import { IconUpload, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { ErrorWords } from '../../../parts/error-words.tsx';
import type { InputFieldsProps } from './input-rows.tsx';
import { uploadInput } from './upload-input.ts';

type Upload = { state: 'none' } | { state: 'sending'; share: number } | { state: 'failed' };

/** A file that is uploaded here, or the id of one that was before. */
export function UploadField({ row, number, onChange }: InputFieldsProps) {
  const { t } = useTranslation();
  const app = useApp();
  const [upload, setUpload] = useState<Upload>({ state: 'none' });
  const [problem, setProblem] = useState<unknown>(null);
  const ending = useRef<AbortController | null>(null);
  useEffect(() => () => ending.current?.abort(), []);

  async function send(file: File | null) {
    if (file === null) return;
    const controller = new AbortController();
    ending.current = controller;
    setUpload({ state: 'sending', share: 0 });
    try {
      const { artifactId } = await uploadInput(app, file, {
        signal: controller.signal,
        onProgress: (share) => setUpload({ state: 'sending', share }),
      });
      const path = row.path === '' && isJobFilePath(file.name) ? { path: file.name } : {};
      onChange({ artifactId, ...path });
      setUpload({ state: 'none' });
    } catch (error) {
      if (!controller.signal.aborted) {
        setProblem(error);
        setUpload({ state: 'failed' });
      } else setUpload({ state: 'none' });
    }
  }

  return (
    <div className="upload-field">
      <Group gap="xs" wrap="nowrap">
        <TextInput
          aria-label={t('rows.inputArtifact', { number })}
          placeholder={t('rows.artifactPlaceholder')}
          value={row.artifactId}
          maxLength={64}
          flex={1}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          onChange={(event) => onChange({ artifactId: event.currentTarget.value })}
        />
        {upload.state === 'sending' ? (
          <Button
            variant="default"
            leftSection={<IconX size={15} aria-hidden />}
            onClick={() => ending.current?.abort()}
          >
            {t('rows.stopUpload')}
          </Button>
        ) : (
          <FileButton onChange={(file) => void send(file)}>
            {(button) => (
              <Button
                {...button}
                variant="default"
                leftSection={<IconUpload size={15} aria-hidden />}
              >
                {t('rows.upload')}
              </Button>
            )}
          </FileButton>
        )}
      </Group>
      {upload.state === 'sending' && (
        <Progress
          mt={6}
          value={upload.share * 100}
          aria-label={t('rows.uploading', { percent: Math.round(upload.share * 100) })}
        />
      )}
      {upload.state === 'failed' && (
        <Text size="sm" c="var(--mantine-color-error)" mt={4} role="alert">
          {t('rows.uploadFailed')} <ErrorWords error={problem} />
        </Text>
      )}
    </div>
  );
}
