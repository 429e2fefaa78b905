/** Where one wanted to go before signing in. Only places of the app: an address from outside must not lead elsewhere. */
export const nextPage = (wanted: unknown): string =>
  typeof wanted === 'string' && /^\/(app|admin|join|c|@)/.test(wanted) ? wanted : '/app';
