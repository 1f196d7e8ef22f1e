/** The cookie that names a session. Scripts cannot read it, and no other site can have it sent. */
const NAME = 'serin-session';

interface CookieRules {
  /** Where it is sent to; ends in a slash. */
  readonly path: string;
  /** Only over TLS. */
  readonly secure: boolean;
}

export function sessionCookie(session: string, { path, secure }: CookieRules): string {
  return `${NAME}=${session}; Path=${path}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

export function endedCookie(rules: CookieRules): string {
  return `${sessionCookie('', rules)}; Max-Age=0`;
}

/** '' without one. */
export function sessionIn(header: string | undefined): string {
  const pair = (header ?? '').split(';').find((one) => one.trim().startsWith(`${NAME}=`));
  return pair?.trim().slice(NAME.length + 1) ?? '';
}
