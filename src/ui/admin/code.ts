const KEY = 'vestibule-admin-code';

/**
 * The admin code of this tab: from the address (#code=…, then removed from it and from the history), else from the
 * session storage, which ends with the tab.
 */
export function rememberedCode(): string | undefined {
  const given = new URLSearchParams(window.location.hash.slice(1)).get('code');
  if (window.location.hash !== '') history.replaceState(null, '', window.location.pathname);
  if (given !== null && given !== '') sessionStorage.setItem(KEY, given);
  return sessionStorage.getItem(KEY) ?? undefined;
}

export function rememberCode(code: string): void {
  sessionStorage.setItem(KEY, code);
}

export function forgetCode(): void {
  sessionStorage.removeItem(KEY);
}
