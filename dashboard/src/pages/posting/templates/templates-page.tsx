import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PageHeading } from '../../../parts/page-heading.tsx';
import { RequireSession } from '../../../parts/require-session.tsx';
import { Gallery } from './gallery.tsx';
import { OwnTemplates } from './own-templates.tsx';
import '../work.css';

const route = getRouteApi('/templates');

/** Jobs to begin with: what everybody may use, and one's own. */
export function TemplatesPage() {
  const { t } = useTranslation();
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const shown = tab ?? 'gallery';
  return (
    <>
      <PageHeading title={t('templates.title')} subtitle={t('templates.subtitle')} />
      <Tabs
        value={shown}
        keepMounted={false}
        onChange={(value) => void navigate({ search: value === 'own' ? { tab: 'own' } : {} })}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value="gallery">{t('templates.tab.gallery')}</Tabs.Tab>
          <Tabs.Tab value="own">{t('templates.tab.own')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="gallery">
          <Gallery />
        </Tabs.Panel>
        <Tabs.Panel value="own">
          <RequireSession>{() => <OwnTemplates />}</RequireSession>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
