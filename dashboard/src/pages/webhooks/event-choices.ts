import { eventCatalogue } from '@node3/shared/event-catalogue';

const names = Object.entries(eventCatalogue)
  .filter(([, { owner }]) => owner === 'account')
  .map(([name]) => name)
  .toSorted();
const areas = [...new Set(names.map((name) => name.split('.')[0] ?? ''))];

/** What a webhook can be told to send: every kind of event of an account, and all of an area. */
export const eventChoices: string[] = areas.flatMap((area) => {
  const own = names.filter((name) => name.startsWith(`${area}.`));
  return own.length > 1 ? [`${area}.*`, ...own] : own;
});
