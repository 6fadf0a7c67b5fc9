import { jobStates } from '@node3/shared/job-state';
import type { AdminAccountDetail } from '@node3/shared/routes/admin-accounts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';
import { PageLink } from '../../../parts/page-link.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';

/** How many jobs it has in each state; a count leads to those jobs. */
export function AccountJobs({ account }: { account: AdminAccountDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { accountId, jobs } = account;
  return (
    <SectionCard
      title={t('op.account.jobs')}
      aside={
        <PageLink to="/admin/queue" search={{ account: accountId }}>
          {t('op.account.jobs.all')}
        </PageLink>
      }
    >
      <dl className="facts">
        {jobStates.map((state) => {
          const count = jobs[state] ?? null;
          return (
            <div key={state}>
              <dt>{t(`job.state.${state}`)}</dt>
              <dd>
                {count === null || count === 0 ? (
                  format.number(count)
                ) : (
                  <PageLink
                    to="/admin/queue"
                    search={{ account: accountId, state }}
                    aria-label={`${t(`job.state.${state}`)}: ${format.number(count)}`}
                  >
                    {format.number(count)}
                  </PageLink>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </SectionCard>
  );
}
