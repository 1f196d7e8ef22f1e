import { expect, test } from 'vitest';
import { PodIps } from './pod-ips.ts';

test('addresses are given in turn and skip those in use', () => {
  const ips = new PodIps();
  ips.reserve('10.244.0.2');
  expect([ips.take(), ips.take()]).toEqual(['10.244.0.1', '10.244.0.3']);
});

test('a released address comes back last, and the range is not exceeded', () => {
  const ips = new PodIps();
  const all = new Set(Array.from({ length: 65_534 }, () => ips.take()));
  expect(all.size).toBe(65_534);
  expect(all.has('10.244.255.254')).toBe(true);
  expect(() => ips.take()).toThrow('every address');
  ips.release('10.244.1.7');
  expect(ips.take()).toBe('10.244.1.7');
});

test('another kubelet in the same network begins elsewhere', () => {
  expect(new PodIps(32_768).take()).toBe('10.244.128.0');
});
