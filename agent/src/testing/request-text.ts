/** What a fetch call was asked for, as text. For fetch stand-ins that understand only our own calls. */
export function requestUrl(input: Parameters<typeof fetch>[0]): string {
  if (typeof input === 'string') return input;
  return input instanceof URL ? input.href : input.url;
}

/** @returns the JSON text that was sent, or `null` as JSON for none. */
export function bodyText(init: RequestInit | undefined): string {
  return typeof init?.body === 'string' ? init.body : 'null';
}
