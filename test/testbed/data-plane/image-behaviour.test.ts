/** What the containers of well-known demos answer, and how they stop. */
import { describe, expect, test } from 'vitest';
import type { ContainerSpec, Pod } from '../cluster/kubelet/pod.ts';
import { ASKED_PATH, behaviourOf } from './image-behaviour.ts';

const POD = {
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    uid: 'uid',
    resourceVersion: '1',
    labels: { 'rollouts-pod-template-hash': '74bc' },
  },
  spec: { restartPolicy: 'Always', containers: [] },
} satisfies Pod;

function reply(image: string, container: Partial<ContainerSpec> = {}, url = '/color', random = 0.5) {
  const behaviour = behaviourOf(POD, { name: 'web', image, ...container }, () => random);
  return behaviour.reply({ method: 'GET', url, headers: { 'x-canary': 'always' } });
}

describe('argoproj/rollouts-demo', () => {
  test('says its colour in quotes, and shows it on a page', () => {
    expect(reply('argoproj/rollouts-demo:blue')).toMatchObject({ status: 200, body: '"blue"', afterMs: 0 });
    expect(reply('argoproj/rollouts-demo:blue', {}, '/color?x=1').body).toBe('"blue"');
    expect(reply('registry.example/argoproj/rollouts-demo:blue', {}, '/')).toMatchObject({
      contentType: 'text/html',
      body: expect.stringContaining('background:blue') as string,
    });
  });

  test.each([
    { image: 'bad-red', random: 0.1, status: 500, afterMs: 0 },
    { image: 'bad-red', random: 0.9, status: 200, afterMs: 0 },
    { image: 'slow-red', random: 0.1, status: 200, afterMs: 2_000 },
  ])('$image with $random', ({ image, random, ...expected }) => {
    expect(reply(`argoproj/rollouts-demo:${image}`, {}, '/color', random)).toMatchObject({
      ...expected,
      body: '"red"',
    });
  });

  test('heeds its environment', () => {
    const env = [
      { name: 'COLOR', value: 'green' },
      { name: 'ERROR_RATE', value: '100' },
      { name: 'LATENCY', value: '3' },
    ];
    expect(reply('argoproj/rollouts-demo:blue', { env })).toMatchObject({
      status: 500,
      body: '"green"',
      afterMs: 3_000,
    });
  });

  test.each([
    { args: [], ms: 10_000 },
    { args: ['--termination-delay=2'], ms: 2_000 },
    { args: ['-termination-delay', '0'], ms: 0 },
  ])('serves $ms ms after SIGTERM with $args', ({ args, ms }) => {
    const container = { name: 'web', image: 'argoproj/rollouts-demo:blue', args };
    expect(behaviourOf(POD, container).servesAfterSigtermMs).toBe(ms);
  });
});

test('cilium/echoserver tells what it was asked', () => {
  const { body } = reply('cilium/echoserver:1.10', {}, '/some/path?x=1');
  expect(body).toContain('Hostname: web-1');
  expect(body).toContain('real path=/some/path?x=1');
  expect(body).toContain('x-canary=always');
});

test('any other image says who it is, and closes at once', () => {
  expect(JSON.parse(reply('shop/web:2').body)).toEqual({ image: 'shop/web:2', pod: 'web-1', revision: '74bc' });
  expect(behaviourOf(POD, { name: 'web', image: 'shop/web:2' }).servesAfterSigtermMs).toBe(0);
});

test('it tells what it was asked, that question left out', () => {
  const behaviour = behaviourOf(POD, { name: 'web', image: 'shop/web:2' });
  const ask = (host: string, url: string) => behaviour.reply({ method: 'GET', url, headers: { host } });
  for (const host of ['one', 'two', 'one', 'pod']) ask(host, host === 'pod' ? ASKED_PATH : '/cart');
  expect(JSON.parse(ask('pod', ASKED_PATH).body)).toEqual({ 'one/cart': 2, 'two/cart': 1 });
});
