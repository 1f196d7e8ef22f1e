import { expect, test } from 'vitest';
import { failureOf } from '../../../src/providers/http/failure.ts';

const withCode = (code: string, message = 'internal words') => Object.assign(new Error(message), { code });

test.each([
  [withCode('ECONNREFUSED'), 'refused the connection'],
  [withCode('ENOTFOUND', 'getaddrinfo ENOTFOUND metrics'), 'has a name that cannot be resolved'],
  [withCode('EAI_AGAIN'), 'has a name that cannot be resolved'],
  [withCode('UND_ERR_CONNECT_TIMEOUT'), 'cannot be reached'],
  [withCode('EHOSTUNREACH'), 'cannot be reached'],
  [withCode('ECONNRESET'), 'ended the connection before its answer was complete'],
  [withCode('UND_ERR_SOCKET'), 'ended the connection before its answer was complete'],
  [withCode('CERT_HAS_EXPIRED'), 'has a certificate that is not trusted (CERT_HAS_EXPIRED)'],
  [withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'has a certificate that is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)'],
  [withCode('ERR_TLS_CERT_ALTNAME_INVALID'), 'has a certificate that is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)'],
  [
    withCode('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'),
    'has a certificate that is not trusted (UNABLE_TO_GET_ISSUER_CERT_LOCALLY)',
  ],
  [withCode('ERR_SSL_WRONG_VERSION_NUMBER'), 'does not speak TLS as expected (ERR_SSL_WRONG_VERSION_NUMBER)'],
  [withCode('ESOMETHING'), 'cannot be asked (ESOMETHING)'],
  [new Error('fetch failed', { cause: withCode('ECONNREFUSED') }), 'refused the connection'],
  [new Error('internal words'), 'cannot be asked'],
  ['no error at all', 'cannot be asked'],
])('%s is a sentence about the host', (error, sentence) => {
  const failure = failureOf('metrics:9090', error);
  expect(failure.message).toBe(`metrics:9090 ${sentence}`);
  expect(failure.cause).toBe(error);
});
