import { Button, Checkbox, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { createJobLink, type LinkPart, linkParts } from '@node3/shared/routes/job-links';
import { IconLink } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import { ErrorView } from '../../../parts/error-view.tsx';
import { jobKey, jobLinksQuery } from '../../../queries/jobs.ts';
import { elementSnippet } from './element-snippet.ts';
import { sharedAddress } from './shared-address.ts';

const durations = { hour: 3_600, day: 86_400, week: 604_800, month: 2_592_000 } as const;
type Duration = keyof typeof durations;
const names = Object.keys(durations) as Duration[];

/** Makes a link; it is shown once, since only its maker ever hears of the signature. */
export function NewLink({ jobId }: { jobId: string }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const [shows, setShows] = useState<readonly LinkPart[]>(linkParts);
  const [duration, setDuration] = useState<Duration>('week');
  const create = useMutation({
    mutationFn: () => {
      const body = { shows: [...shows], expiresSec: durations[duration] };
      return client.call(createJobLink, { params: { jobId }, body });
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...jobKey(jobId), 'links'] }),
  });
  const links = useQuery(jobLinksQuery(useApp(), jobId));
  const made = create.data;
  const isRevoked = links.data?.data.some(
    ({ linkId, revokedAt }) => linkId === made?.linkId && revokedAt !== null,
  );
  const address =
    made === undefined || isRevoked === true ? null : sharedAddress(made.url, location.origin);
  return (
    <Stack gap="sm" mb="lg">
      <Checkbox.Group
        label={t('share.shows')}
        description={t('share.showsText')}
        value={[...shows]}
        onChange={(chosen) => setShows(linkParts.filter((part) => chosen.includes(part)))}
      >
        <Group mt="xs" gap="lg">
          {linkParts.map((part) => (
            <Checkbox key={part} value={part} label={t(`share.part.${part}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      <Group align="flex-end" gap="sm">
        <Select
          label={t('share.expires')}
          data={names.map((value) => ({ value, label: t(`share.duration.${value}`) }))}
          value={duration}
          onChange={(value) => setDuration(names.find((name) => name === value) ?? 'week')}
          allowDeselect={false}
        />
        <Button
          disabled={shows.length === 0}
          loading={create.isPending}
          leftSection={<IconLink size={16} aria-hidden />}
          onClick={() => create.mutate()}
        >
          {t('share.create')}
        </Button>
      </Group>
      {create.isError && <ErrorView error={create.error} />}
      {address !== null && (
        <>
          <TextInput
            label={t('share.link')}
            description={t('share.once')}
            value={address}
            readOnly
            onFocus={({ currentTarget }) => currentTarget.select()}
            rightSection={<CopyText value={address} label={t('share.copy')} />}
          />
          <ElementLines address={address} />
        </>
      )}
    </Stack>
  );
}

/** The same for a page of one's own, in the language that is read here. */
function ElementLines({ address }: { address: string }) {
  const { t, i18n } = useTranslation();
  const snippet = elementSnippet(address, i18n.language);
  return (
    <Textarea
      label={t('share.element')}
      description={t('share.elementText')}
      value={snippet}
      readOnly
      autosize
      maxRows={5}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
      onFocus={({ currentTarget }) => currentTarget.select()}
      rightSection={<CopyText value={snippet} label={t('share.elementCopy')} />}
    />
  );
}
