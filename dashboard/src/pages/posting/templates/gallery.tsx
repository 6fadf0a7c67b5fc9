import {
  Badge,
  Button,
  Card,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type GalleryTemplate, gallerySorts } from '@node3/shared/routes/templates';
import { IconSearch, IconTemplate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { KeysetPaging } from '../../../parts/keyset-paging.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { galleryQuery } from '../../../queries/posting.ts';
import type { TemplatesSearch } from '../work-search.ts';
import { useTemplateWords } from './use-template-words.ts';

const route = getRouteApi('/templates');

/** Templates that anybody may use. */
export function Gallery() {
  const { t } = useTranslation();
  const { q, tag, sort, cursor } = route.useSearch();
  const query = useQuery(
    galleryQuery(useApp(), {
      limit: 24,
      ...(q !== undefined && { q }),
      ...(tag !== undefined && { tag }),
      ...(sort !== undefined && { sort }),
      ...(cursor !== undefined && { cursor }),
    }),
  );
  return (
    <Stack gap="md">
      <GallerySearch />
      <QueryView query={query} lines={6}>
        {({ data, nextCursor }) => (
          <>
            {data.length === 0 ? (
              <EmptyState icon={IconTemplate} title={t('templates.none')}>
                <PageLink to="/templates">{t('templates.all')}</PageLink>
              </EmptyState>
            ) : (
              <ul className="plain-list work-gallery">
                {data.map((template) => (
                  <TemplateCard key={template.templateId} template={template} />
                ))}
              </ul>
            )}
            <KeysetPaging
              cursor={cursor}
              nextCursor={nextCursor}
              {...(sort === 'uses' && {
                words: { first: t('templates.firstPage'), next: t('templates.nextPage') },
              })}
            />
          </>
        )}
      </QueryView>
    </Stack>
  );
}

function GallerySearch() {
  const { t } = useTranslation();
  const { q, tag, sort } = route.useSearch();
  const navigate = route.useNavigate();
  const [text, setText] = useState(q ?? '');
  // Each other question begins at its first page.
  const ask = (wanted: { q: string | undefined; sort: TemplatesSearch['sort'] | undefined }) =>
    void navigate({
      replace: true,
      search: {
        ...(wanted.q !== undefined && { q: wanted.q }),
        ...(tag !== undefined && { tag }),
        ...(wanted.sort !== undefined && { sort: wanted.sort }),
      },
    });
  const search = useDebouncedCallback(
    (typed: string) => ask({ q: typed === '' ? undefined : typed, sort }),
    300,
  );
  return (
    <Group gap="sm">
      <TextInput
        aria-label={t('templates.search')}
        placeholder={t('templates.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        maxLength={128}
        w={320}
        maw="100%"
        onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value.trim());
        }}
      />
      <NativeSelect
        aria-label={t('templates.sort')}
        value={sort ?? 'newest'}
        data={gallerySorts.map((value) => ({ value, label: t(`templates.sort.${value}`) }))}
        onChange={({ currentTarget: { value } }) =>
          ask({ q, sort: value === 'uses' ? value : undefined })
        }
      />
      {tag !== undefined && (
        <Group gap={6}>
          <Badge variant="light" tt="none">
            {tag}
          </Badge>
          <PageLink
            to="/templates"
            search={{ ...(q !== undefined && { q }), ...(sort !== undefined && { sort }) }}
          >
            {t('templates.anyTag')}
          </PageLink>
        </Group>
      )}
    </Group>
  );
}

function TemplateCard({ template }: { template: GalleryTemplate }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, description } = useTemplateWords(template);
  const { templateId, tags, builtIn, owner, uses } = template;
  return (
    <Card component="li" withBorder padding="md">
      <Stack gap="xs" h="100%">
        <Title order={2} size="h3" className="break">
          <Link to="/templates/$templateId" params={{ templateId }} className="row-link">
            {name}
          </Link>
        </Title>
        <Text size="sm" c="dimmed" lineClamp={3} className="break">
          {description ?? t('templates.noDescription')}
        </Text>
        <Group gap={6}>
          {tags.map((tag) => (
            <Link key={tag} to="/templates" search={{ tag }} className="chip work-tag">
              {tag}
            </Link>
          ))}
        </Group>
        <Group justify="space-between" mt="auto" gap="xs">
          <Text size="xs" c="dimmed" className="break">
            {builtIn ? t('templates.builtIn') : (owner ?? t('templates.noName'))}
            {uses !== null &&
              ` · ${t('templates.uses', { count: uses, uses: format.number(uses) })}`}
          </Text>
          <Button
            size="compact-sm"
            variant="light"
            renderRoot={(props) => (
              <Link to="/jobs/new" search={{ template: templateId }} {...props} />
            )}
            aria-label={t('templates.useNamed', { name })}
          >
            {t('templates.use')}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
