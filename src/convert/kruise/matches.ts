/** The requests that a step sends to the canary by a header. */
import { NGINX_HEADER_PATTERN, NGINX_HEADER_TEXT } from '../../api/words/nginx-headers.ts';
import type { DraftObject } from '../draft.ts';
import { HEADER_CHARACTERS, ONE_HEADER } from '../words.ts';
import type { KruiseMatch } from './schema.ts';

/** The `match` of `setHeaderRoute`, or why there is none. */
export function headerMatchOf(matches: readonly KruiseMatch[]): readonly DraftObject[] | { readonly problem: string } {
  const [header, ...others] = matches.flatMap(({ headers = [] }) => headers);
  if (header === undefined || others.length > 0 || matches.length > 1) return { problem: ONE_HEADER };
  const { type = 'Exact', name, value } = header;
  if (name === 'canary-by-cookie') {
    return {
      problem: 'a cookie can only be matched in all steps, by trafficRouting.nginx.additionalIngressAnnotations',
    };
  }
  const isPattern = type === 'RegularExpression';
  const fits = NGINX_HEADER_TEXT.test(name) && (isPattern ? NGINX_HEADER_PATTERN : NGINX_HEADER_TEXT).test(value);
  if (!fits) return { problem: HEADER_CHARACTERS };
  return [{ headerName: name, headerValue: isPattern ? { regex: value } : { exact: value } }];
}
