const TOKEN = /^#([\w-]{43})$/u;

/** The token behind `#`, which browsers send to nobody; null where there is none. */
export function tokenInAddress(): string | null {
  return TOKEN.exec(location.hash)?.[1] ?? null;
}

/** Takes the token out of the address and of the history, once it opens nothing any more. */
export function forgetToken(): void {
  if (location.hash !== "") history.replaceState(null, "", location.pathname);
}
