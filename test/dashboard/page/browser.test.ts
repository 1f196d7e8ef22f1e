/** Addresses of the pages, and streams of events as text. */
import { describe, expect, test } from 'vitest';
import { hrefOf, placeAt, type Place } from '../../../src/dashboard/page/browser/address.ts';
import { EventStreamParser } from '../../../src/dashboard/page/browser/event-stream.ts';
import { changedImages, imagesIn, imagesText } from '../../../src/dashboard/page/parts/new-images.ts';
import { scaleOf } from '../../../src/dashboard/page/rollout/chart-scale.ts';

test.each<[string, Place]>([
  ['./', { screen: 'list', namespace: null }],
  ['shop', { screen: 'list', namespace: 'shop' }],
  ['rollout', { screen: 'list', namespace: 'rollout' }],
  ['rollout/shop/web', { screen: 'rollout', namespace: 'shop', name: 'web' }],
  ['rollout/shop/plan', { screen: 'rollout', namespace: 'shop', name: 'plan' }],
  ['rollout/shop/web/plan', { screen: 'plan', namespace: 'shop', name: 'web' }],
])('%s is a place, and the place is there', (path, place) => {
  expect(placeAt(path.replace('./', ''))).toEqual(place);
  expect(hrefOf(place)).toBe(path);
});

test.each(['rollout/shop', 'other/shop/web', 'rollout/shop/web/plans', 'rollout/shop/web/plan/more', 'rollout/%/%'])(
  '%s is nowhere',
  (path) => {
    expect(placeAt(path)).toEqual({ screen: 'nowhere' });
  },
);

test('a query is encoded', () => {
  expect(hrefOf({ screen: 'plan', namespace: 'shop', name: 'web' }, { images: 'web=a/b:1 c=d' })).toBe(
    'rollout/shop/web/plan?images=web%3Da%2Fb%3A1+c%3Dd',
  );
});

describe('a stream of events', () => {
  test('is cut into events however it arrives', () => {
    const text =
      ': hello\n\nevent: rows\ndata: {"a":1}\n\ndata: one\ndata: two\n\n:keep\n\nevent: gone\r\ndata: {}\r\n\r\n';
    for (const size of [1, 2, 7, text.length]) {
      const parser = new EventStreamParser();
      const events = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
        parser.push(text.slice(index * size, (index + 1) * size)),
      ).flat();
      expect(events).toEqual([
        { event: 'rows', data: '{"a":1}' },
        { event: 'message', data: 'one\ntwo' },
        { event: 'gone', data: '{}' },
      ]);
    }
  });

  test('holds back what is not complete', () => {
    const parser = new EventStreamParser();
    expect(parser.push('event: rows\ndata: {}\n')).toEqual([]);
    expect(parser.push('\n')).toEqual([{ event: 'rows', data: '{}' }]);
  });
});

describe('images', () => {
  const CONTAINERS = [
    { container: 'web', image: 'web:1', init: false },
    { container: 'proxy', image: 'proxy:1', init: false },
  ];

  test('that are typed anew are changes, and blanks are not', () => {
    expect(changedImages(CONTAINERS, { web: ' web:2 ', proxy: ' ' })).toEqual([{ container: 'web', image: 'web:2' }]);
    expect(changedImages(CONTAINERS, { web: 'web:1', other: 'x' })).toEqual([]);
  });

  test('are text for a shell and for people, and read again', () => {
    const images = changedImages(CONTAINERS, { web: 'r.example/web@sha256:aa=', proxy: 'proxy:2' });
    expect(imagesText(images)).toBe('web=r.example/web@sha256:aa= proxy=proxy:2');
    expect(imagesText(images, ': ')).toBe('web: r.example/web@sha256:aa=, proxy: proxy:2');
    expect(imagesIn(imagesText(images))).toEqual({ web: 'r.example/web@sha256:aa=', proxy: 'proxy:2' });
    expect(imagesIn('')).toEqual({});
  });
});

test.each([
  ['nothing', [], [0, 1]],
  ['one value', [3], [0, 1, 2, 3]],
  ['zero alone', [0], [0, 0.25, 0.5, 0.75, 1]],
  ['small shares and their limit', [0.004, 0.011, 0.05], [0, 0.02, 0.04, 0.06]],
  ['near each other and far from zero', [99.1, 99.9, 99.5], [99, 99.2, 99.4, 99.6, 99.8, 100]],
  ['on both sides of zero', [-3, 5], [-4, -2, 0, 2, 4, 6]],
  ['all below zero', [-1, -4], [-4, -3, -2, -1, 0]],
  ['no number among them', [Number.NaN, 10, Number.POSITIVE_INFINITY], [0, 2.5, 5, 7.5, 10]],
])('the scale for %s', (_, values, ticks) => {
  const scale = scaleOf(values);
  expect(scale.ticks).toEqual(ticks);
  expect([scale.low, scale.high]).toEqual([ticks[0], ticks.at(-1)]);
});
