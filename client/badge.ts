/** By what a client is known: an API key, or a session's cookie. */
export interface Badge {
  /** Sent along with each request. `origin` is the service's own. */
  readonly headers: (origin: string) => Readonly<Record<string, string>>;
  /** Whether a browser adds its cookies by itself. */
  readonly cookies: "omit" | "same-origin";
  /** Looks at each answer: sessions are given new cookies while they last. */
  readonly learn: (answer: Response) => void;
}

/** Known by an API key. It is kept where no printing of the client shows it. */
export function apiKey(text: string): Badge {
  return {
    headers: () => ({ authorization: `Bearer ${text}` }),
    cookies: "omit",
    learn: () => undefined,
  };
}

/**
 * Known by the cookie that the browser holds, on a page of the service's own origin. Its script
 * never sees the cookie. The header is what no other site's page can send (see OWASP, CSRF).
 */
export function browserSession(): Badge {
  return {
    headers: () => ({ [REQUEST_HEADER]: "1" }),
    cookies: "same-origin",
    learn: () => undefined,
  };
}

/**
 * A session outside of browsers, in the memory of this program: whoever signs in through the
 * client stays signed in. `cookie` begins with one that is there already, as `name=value`.
 */
export function cookieSession(cookie: string | null = null): Badge {
  let kept = cookie;
  return {
    headers: (origin) => ({
      [REQUEST_HEADER]: "1",
      origin,
      ...(kept === null ? {} : { cookie: kept }),
    }),
    cookies: "omit",
    learn: ({ headers }) => {
      for (const line of headers.getSetCookie()) {
        const [pair = ""] = line.split(";");
        if (/^(__Host-)?assent=/u.test(pair)) kept = pair.endsWith("=") ? null : pair;
      }
    },
  };
}

/** Known as nobody. */
export function nobody(): Badge {
  return { headers: () => ({}), cookies: "omit", learn: () => undefined };
}

const REQUEST_HEADER = "x-assent-request";
