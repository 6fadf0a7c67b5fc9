/** What stands for the value of a secret in commands that people copy. */
const stand = 'YOUR_SECRET';

/** The body with every secret value left out: those are typed by whoever runs the command. */
export function shownBody(body: unknown): unknown {
  if (Array.isArray(body) || typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      name === 'secrets' ? withoutValues(value) : name === 'workload' ? value : shownBody(value),
    ]),
  );
}

function withoutValues(secrets: unknown): unknown {
  if (typeof secrets !== 'object' || secrets === null) return secrets;
  return Object.fromEntries(
    Object.entries(secrets).map(([name, secret]) => [
      name,
      secret === null ? null : { ...(secret as object), value: stand },
    ]),
  );
}
