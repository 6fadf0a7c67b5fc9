import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';

/** Where notices appear. Those that are shown before it is loaded wait for it. */
export function Notices() {
  return <Notifications position="bottom-right" />;
}
