/** What a recording keeps of each place that may hold a secret. */
import { describe, expect, test } from 'vitest';
import { keyedDigest } from '../../src/recording/digest.ts';
import { Redactor } from '../../src/recording/redactor.ts';

const digest = keyedDigest(new Uint8Array(32));
const D = (value: string): string => digest(value);

function redacted(value: object): object {
  return new Redactor(digest).redacted(value);
}

describe('a digest', () => {
  test('is the same for the same value, and another for another', () => {
    expect(D('a')).toBe(D('a'));
    expect(D('a')).not.toBe(D('b'));
    expect(D('a')).toMatch(/^redacted[0-9a-f]{16}$/);
  });

  test('of nothing is nothing, and of a digest itself', () => {
    expect(D('')).toBe('');
    expect(D(D('a'))).toBe(D('a'));
  });

  test('differs from one recording to the next, so that no one can try a guess', () => {
    expect(keyedDigest()('a')).not.toBe(keyedDigest()('a'));
  });
});

const ROWS: readonly { readonly name: string; readonly of: object; readonly is: object }[] = [
  {
    name: 'environments keep their names and where values come from',
    of: {
      env: [
        { name: 'A', value: 'x' },
        { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        { name: 'C', value: '' },
      ],
    },
    is: {
      env: [
        { name: 'A', value: D('x') },
        { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        { name: 'C', value: '' },
      ],
    },
  },
  {
    name: 'arguments and commands',
    of: { command: ['sh'], args: ['-c', '1'] },
    is: { command: [D('sh')], args: [D('-c'), D('1')] },
  },
  {
    name: 'commands and headers of probes',
    of: {
      readinessProbe: { exec: { command: ['x'] } },
      livenessProbe: { httpGet: { httpHeaders: [{ name: 'A', value: 'x' }] } },
    },
    is: {
      readinessProbe: { exec: { command: [D('x')] } },
      livenessProbe: { httpGet: { httpHeaders: [{ name: 'A', value: D('x') }] } },
    },
  },
  {
    name: 'attributes of volumes',
    of: { csi: { volumeAttributes: { password: 'x' } } },
    is: { csi: { volumeAttributes: { password: D('x') } } },
  },
  {
    name: 'labels, also those that are called like something secret',
    of: { labels: { env: 'prod', url: 'https://a:b@c', command: 'x' }, selector: { matchLabels: { args: 'x' } } },
    is: { labels: { env: 'prod', url: 'https://a:b@c', command: 'x' }, selector: { matchLabels: { args: 'x' } } },
  },
  {
    name: 'annotations that a decision reads, and numbers; no others',
    of: {
      annotations: {
        'rollout.argoproj.io/revision': '3',
        'scale-down-deadline': '2026-01-02T03:04:05Z',
        'example.com/port': '8080',
        'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{}}',
        'kubernetes.io/change-cause': 'helm --set password=x',
      },
    },
    is: {
      annotations: {
        'rollout.argoproj.io/revision': '3',
        'scale-down-deadline': '2026-01-02T03:04:05Z',
        'example.com/port': '8080',
        'kubectl.kubernetes.io/last-applied-configuration': D('{"spec":{}}'),
        'kubernetes.io/change-cause': D('helm --set password=x'),
      },
    },
  },
  {
    name: 'a canary Ingress keeps its weight and the name of its header, but no value of it',
    of: {
      annotations: {
        'nginx.ingress.kubernetes.io/canary': 'true',
        'nginx.ingress.kubernetes.io/canary-weight': '20',
        'nginx.ingress.kubernetes.io/canary-by-header': 'X-Canary',
        'nginx.ingress.kubernetes.io/canary-by-header-value': 'let me-in',
        'nginx.ingress.kubernetes.io/configuration-snippet': 'proxy_set_header Authorization x;',
      },
    },
    is: {
      annotations: {
        'nginx.ingress.kubernetes.io/canary': 'true',
        'nginx.ingress.kubernetes.io/canary-weight': '20',
        'nginx.ingress.kubernetes.io/canary-by-header': 'X-Canary',
        'nginx.ingress.kubernetes.io/canary-by-header-value': `${D('let')} ${D('me')}-${D('in')}`,
        'nginx.ingress.kubernetes.io/configuration-snippet': D('proxy_set_header Authorization x;'),
      },
    },
  },
  {
    name: 'a Rollout says such annotations without their prefix',
    of: { additionalIngressAnnotations: { 'canary-by-header': 'X', 'canary-by-header-value': 'v' } },
    is: { additionalIngressAnnotations: { 'canary-by-header': 'X', 'canary-by-header-value': D('v') } },
  },
  {
    name: 'the record of what a role lends stays a record',
    of: {
      annotations: { 'rollout.argoproj.io/ephemeral-metadata': '{"annotations":{"a":"x"},"labels":{"role":"stable"}}' },
    },
    is: {
      annotations: {
        'rollout.argoproj.io/ephemeral-metadata': `{"annotations":{"a":"${D('x')}"},"labels":{"role":"stable"}}`,
      },
    },
  },
  {
    name: 'a record that another controller has spelt stays another text',
    of: { annotations: { 'rollout.argoproj.io/ephemeral-metadata': '{ "labels": {"role":"stable"} }' } },
    is: { annotations: { 'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"role":"stable"}} ' } },
  },
  {
    name: 'header matches of a step, in which a proxy reads the rest of a pattern',
    of: { headerValue: { regex: String.raw`^(?!a)\d+b$` } },
    is: { headerValue: { regex: String.raw`^(?!${D('a')})\d+${D('b')}$` } },
  },
  {
    name: 'headers and credentials of metrics, but not their arguments',
    of: {
      web: {
        headers: [{ key: 'Authorization', value: 'Bearer {{args.token}}' }],
        authentication: { basicAuth: { password: 'x' } },
      },
    },
    is: {
      web: {
        headers: [{ key: 'Authorization', value: `${D('Bearer ')}{{args.token}}` }],
        authentication: { basicAuth: { password: D('x') } },
      },
    },
  },
  {
    name: 'bodies and configurations of plugins, as a whole',
    of: { web: { body: 'x', jsonBody: { a: ['x', 1] } }, plugin: { 'my/metric': { key: 'x' } } },
    is: { web: { body: D('x'), jsonBody: { a: [D('x'), 1] } }, plugin: { 'my/metric': { key: D('x') } } },
  },
  {
    name: 'addresses keep their host',
    of: { url: 'https://me:pw@api.example.com/hooks/T0?key=x', address: 'http://prometheus.example.com:9090' },
    is: {
      url: `https://${D('me:pw')}@api.example.com/${D('hooks/T0?key=x')}`,
      address: 'http://prometheus.example.com:9090',
    },
  },
  {
    name: 'addresses in other texts lose credentials and parameters',
    of: { query: 'from http://me:pw@a.example.com/x?key=y&n=1 now', note: 'a?b=c' },
    is: { query: `from http://${D('me:pw')}@a.example.com/x?key=${D('y')}&n=${D('1')} now`, note: 'a?b=c' },
  },
  {
    name: 'arguments of an analysis that are a number or a time',
    of: {
      args: [
        { name: 'limit', value: '0.95' },
        { name: 'every', value: '10s' },
        { name: 'who', value: 'x' },
      ],
    },
    is: {
      args: [
        { name: 'limit', value: '0.95' },
        { name: 'every', value: '10s' },
        { name: 'who', value: D('x') },
      ],
    },
  },
  {
    name: 'measurements keep numbers, phases and times',
    of: {
      measurements: [
        {
          phase: 'Failed',
          value: '[0.5,1]',
          startedAt: '2026-01-02T03:04:05Z',
          message: 'got x',
          metadata: { 'job-name': 'j', q: 'x' },
        },
        { phase: 'Successful', value: 'x' },
      ],
    },
    is: {
      measurements: [
        {
          phase: 'Failed',
          value: '[0.5,1]',
          startedAt: '2026-01-02T03:04:05Z',
          message: D('got x'),
          metadata: { 'job-name': 'j', q: D('x') },
        },
        { phase: 'Successful', value: D('x') },
      ],
    },
  },
  {
    name: 'the body of a write is read like any object',
    of: { body: { spec: { replicas: 1, template: { spec: { containers: [{ name: 'web', args: ['x'] }] } } } } },
    is: { body: { spec: { replicas: 1, template: { spec: { containers: [{ name: 'web', args: [D('x')] }] } } } } },
  },
];

test.each(ROWS)('$name', ({ of, is }) => {
  expect(redacted(of)).toEqual(is);
});

test('arguments whose values are names of the rollout stay', () => {
  const redactor = new Redactor(digest);
  redactor.publish(['web', '6b9f8d4489']);
  const args = [
    { name: 'service', value: 'web' },
    { name: 'hash', value: '6b9f8d4489' },
  ];
  expect(redactor.redacted({ args })).toEqual({ args });
});

test('messages that quote a value quote its digest, but names stay', () => {
  const redactor = new Redactor(digest);
  redactor.publish(['shop-web']);
  redactor.redacted({ env: [{ value: 'pass"word' }, { value: 'shop-web' }], args: ['--x'] });
  const message = 'Rollout "shop-web" is invalid: Invalid value: {"name":"A","value":"pass\\"word"}';
  expect(redactor.redacted({ message })).toEqual({ message: message.replace('pass\\"word', D('pass"word')) });
});

test('messages that quote a header quote its digest, wherever the status stands', () => {
  const value = 'let me';
  const of = {
    status: { conditions: [{ message: `ignored "${value}"` }] },
    spec: { canaryIngressAnnotations: { 'nginx.ingress.kubernetes.io/canary-by-header-value': value } },
  };
  expect(redacted(of)).toMatchObject({ status: { conditions: [{ message: `ignored "${D('let')} ${D('me')}"` }] } });
});
