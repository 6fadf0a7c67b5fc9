/** What stands where a secret is, in everything that is shown. */
export const secretMask = '[secret]';
