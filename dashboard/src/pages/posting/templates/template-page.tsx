import { Badge, Button, Grid, Group, Select, Stack, Table, Text } from '@mantine/core';
import type { TemplateDetail } from '@node3/shared/routes/templates';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { CommandLines } from '../../../parts/command-lines.tsx';
import { JsonView } from '../../../parts/json-view.tsx';
import { PageHeading } from '../../../parts/page-heading.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { RequireSession } from '../../../parts/require-session.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { templateQuery } from '../../../queries/posting.ts';
import { curlLine } from '../../../shell-command.ts';
import { isRequired } from './parameter-values.ts';
import { TemplateActions } from './template-actions.tsx';
import { useTemplateWords } from './use-template-words.ts';

const route = getRouteApi('/templates/$templateId');

export function TemplatePage() {
  const { t } = useTranslation();
  return <RequireSession heading={t('templates.one')}>{() => <TemplateLoader />}</RequireSession>;
}

function TemplateLoader() {
  const { templateId } = route.useParams();
  const { version } = route.useSearch();
  const app = useApp();
  const newest = useQuery(templateQuery(app, templateId));
  const shown = useQuery(templateQuery(app, templateId, version));
  return (
    <QueryView query={newest} lines={6}>
      {({ version: newestVersion }) => (
        <QueryView query={shown} lines={6}>
          {(template) => <TemplateView template={template} newestVersion={newestVersion} />}
        </QueryView>
      )}
    </QueryView>
  );
}

interface TemplateViewProps {
  template: TemplateDetail;
  newestVersion: number;
}

function TemplateView({ template, newestVersion }: TemplateViewProps) {
  const { t } = useTranslation();
  const { name, description } = useTemplateWords(template);
  const { templateId, archivedAt, spec, parameters } = template;
  const url = `${location.origin}/api/v1/templates/${templateId}`;
  return (
    <>
      <PageHeading
        title={name}
        subtitle={description ?? t('templates.noDescription')}
        mark={
          archivedAt === null ? null : (
            <Badge color="gray" variant="light" tt="none">
              {t('templates.archived')}
            </Badge>
          )
        }
        actions={
          archivedAt === null && (
            <Button
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              renderRoot={(props) => (
                <Link to="/jobs/new" search={{ template: templateId }} {...props} />
              )}
            >
              {t('templates.use')}
            </Button>
          )
        }
      />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="lg">
            {parameters.length > 0 && <ParameterTable parameters={parameters} />}
            <SectionCard title={t('templates.spec')} description={t('templates.specText')}>
              <JsonView value={spec} label={t('templates.copySpec')} />
            </SectionCard>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="lg">
            <TemplateFacts template={template} newestVersion={newestVersion} />
            <TemplateActions template={template} />
          </Stack>
        </Grid.Col>
      </Grid>
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 run --template ${templateId}` },
          { label: 'curl', text: curlLine({ url }) },
        ]}
      />
    </>
  );
}

function TemplateFacts({ template, newestVersion }: TemplateViewProps) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { visibility, tags, uses, createdAt, version, versionCreatedAt } = template;
  return (
    <SectionCard title={t('templates.facts')}>
      <dl className="facts">
        <Fact label={t('templates.visibility')}>{t(`visibility.${visibility}`)}</Fact>
        <Fact label={t('templates.tags')}>{tags.length === 0 ? '–' : tags.join(', ')}</Fact>
        <Fact label={t('templates.usesTitle')}>{uses === null ? '–' : String(uses)}</Fact>
        <Fact label={t('templates.created')}>
          <RelativeTime at={createdAt} />
        </Fact>
        <Fact label={t('templates.versionOf')}>
          <RelativeTime at={versionCreatedAt} />
        </Fact>
      </dl>
      <Select
        mt="md"
        label={t('templates.version')}
        data={Array.from({ length: newestVersion }, (_, index) => String(newestVersion - index))}
        value={String(version)}
        allowDeselect={false}
        onChange={(value) => {
          const wanted = Number(value);
          void navigate({ search: wanted === newestVersion ? {} : { version: wanted } });
        }}
      />
    </SectionCard>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="facts-row">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ParameterTable({ parameters }: Pick<TemplateDetail, 'parameters'>) {
  const { t } = useTranslation();
  return (
    <SectionCard title={t('templates.parameters')} padding="flush">
      <Table className="responsive-table" horizontalSpacing="md">
        <caption className="visually-hidden">{t('templates.parameters')}</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('templates.name')}</Table.Th>
            <Table.Th>{t('parameter.type')}</Table.Th>
            <Table.Th>{t('parameter.default')}</Table.Th>
            <Table.Th>{t('save.description')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {parameters.map((parameter) => (
            <Table.Tr key={parameter.name}>
              <Table.Td data-label={t('templates.name')} className="mono">
                {parameter.name}
              </Table.Td>
              <Table.Td data-label={t('parameter.type')}>{parameter.type}</Table.Td>
              <Table.Td data-label={t('parameter.default')}>
                {'default' in parameter && parameter.default !== undefined
                  ? String(parameter.default)
                  : isRequired(parameter)
                    ? t('parameter.required')
                    : '–'}
              </Table.Td>
              <Table.Td data-label={t('save.description')}>
                <Group gap={4}>
                  <Text size="sm" className="break">
                    {parameter.description ?? '–'}
                  </Text>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </SectionCard>
  );
}
