import { Tabs } from '@mantine/core';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcut } from '../../keyboard/keyboard.tsx';
import { JobLog } from '../../logs/job-log.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { JobResources } from '../../resources/job-resources.tsx';
import { curlLine } from '../../shell-command.ts';
import { JobFiles } from './job-files.tsx';
import { JobHeader } from './job-header.tsx';
import { type JobTab, jobTabs, tabBeside } from './job-tabs.ts';
import { ConfigTab } from './tabs/config-tab.tsx';
import { EventsTab } from './tabs/events-tab.tsx';
import { OverviewTab } from './tabs/overview-tab.tsx';
import { PaymentTab } from './tabs/payment-tab.tsx';
import './job-page.css';

const route = getRouteApi('/jobs/$jobId');

export function JobView({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const { tab = 'overview' } = route.useSearch();
  const navigate = route.useNavigate();
  const open = (name: JobTab) =>
    void navigate({
      search: name === 'overview' ? {} : { tab: name },
      replace: true,
      resetScroll: false,
    });
  useShortcut('previousTab', () => open(tabBeside(tab, -1)));
  useShortcut('nextTab', () => open(tabBeside(tab, 1)));
  useShortcut('logs', () => open('logs'));
  return (
    <>
      <JobHeader job={job} />
      <Tabs
        value={tab}
        onChange={(value) => open(jobTabs.find((name) => name === value) ?? 'overview')}
        keepMounted={false}
      >
        <Tabs.List mb="lg" className="job-tabs">
          {jobTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`job.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {jobTabs.map((name) => {
          const Content = contents[name];
          return (
            <Tabs.Panel key={name} value={name}>
              <Content job={job} />
            </Tabs.Panel>
          );
        })}
      </Tabs>
      {tab === 'overview' && <JobCommands job={job} />}
    </>
  );
}

const contents: Record<JobTab, (props: { job: JobDetail }) => ReactNode> = {
  overview: OverviewTab,
  config: ConfigTab,
  logs: JobLog,
  resources: JobResources,
  events: EventsTab,
  payment: PaymentTab,
  files: JobFiles,
};

function JobCommands({ job }: { job: JobDetail }) {
  const url = `${location.origin}/api/v1/jobs/${job.jobId}`;
  return (
    <CommandLines
      lines={[
        { label: 'CLI', text: `node3 job get ${job.jobId}` },
        { label: 'CLI', text: `node3 job logs ${job.jobId} -f` },
        { label: 'CLI', text: `node3 job cancel ${job.jobId}` },
        { label: 'curl', text: curlLine({ url }) },
        { label: 'curl', text: curlLine({ url: `${url}/logs?follow=true` }) },
      ]}
    />
  );
}
