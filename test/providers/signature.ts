/** Signature Version 4 once more, from its documentation, to check what the providers send. */
import { createHash, createHmac } from 'node:crypto';
import type { Asked } from './vendor-server.ts';

/** The signature that a request ought to have. */
export function expectedSignature({ method, path, headers, body }: Asked, secretAccessKey: string): string {
  const [, scope = '', signed = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers['authorization'] ?? '') ?? [];
  const [pathname = '', query = ''] = path.split('?');
  const canonical = [
    method,
    // The path is encoded once more than it is sent.
    pathname.split('/').map(encoded).join('/'),
    query.split('&').toSorted().join('&'),
    ...signed.split(';').map((name) => `${name}:${headers[name]?.trim()}`),
    '',
    signed,
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    headers['x-amz-date'],
    scope,
    createHash('sha256').update(canonical).digest('hex'),
  ];
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (last, part) => createHmac('sha256', last).update(part).digest(),
      `AWS4${secretAccessKey}`,
    );
  return createHmac('sha256', key).update(toSign.join('\n')).digest('hex');
}

/** All but letters, digits and four marks. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
