import { useViewer } from '../viewer/use-viewer.ts';
import './overview/overview-page.css';
import { OwnOverview } from './overview/own-overview.tsx';
import { PublicOverview } from './overview/public-overview.tsx';

/** The start: the own work for who is signed in, and what this is for everybody else. */
export function OverviewPage() {
  const viewer = useViewer();
  if (viewer.state === 'signedIn' && viewer.scopes.includes('requester')) {
    return <OwnOverview account={viewer.account} />;
  }
  return <PublicOverview />;
}
