import { describe, expect, test } from 'vitest';
import { canonicalQuantity, quantityValue, roundedUpToMilli } from '../../src/kube/quantity.ts';

/** What is read, what Kubernetes writes, and what it writes after rounding up to thousandths; computed by k8s.io/apimachinery v0.36.3. */
const WRITTEN = [
  ['0', '0', '0'],
  ['00', '0', '0'],
  ['0.0', '0', '0'],
  ['0Mi', '0', '0'],
  ['1', '1', '1'],
  ['5', '5', '5'],
  ['10', '10', '10'],
  ['100', '100', '100'],
  ['1000', '1k', '1k'],
  ['1024', '1024', '1024'],
  ['1025', '1025', '1025'],
  ['12345678901234567', '12345678901234567', '12345678901234567'],
  ['123456789012345678', '123456789012345678', '123456789012345678'],
  ['1234567890123456789', '1234567890123456789', '1234567890123456789'],
  ['99999999999999999999999', '99999999999999999999999', '99999999999999999999999'],
  ['1n', '1n', '1m'],
  ['5u', '5u', '1m'],
  ['100m', '100m', '100m'],
  ['1000m', '1', '1'],
  ['1500m', '1500m', '1500m'],
  ['1k', '1k', '1k'],
  ['1000k', '1M', '1M'],
  ['1M', '1M', '1M'],
  ['1G', '1G', '1G'],
  ['1T', '1T', '1T'],
  ['1P', '1P', '1P'],
  ['1E', '1E', '1E'],
  ['1000E', '1', '1'],
  ['1Ki', '1Ki', '1Ki'],
  ['8Ki', '8Ki', '8Ki'],
  ['1024Ki', '1Mi', '1Mi'],
  ['1025Ki', '1025Ki', '1025Ki'],
  ['1536Mi', '1536Mi', '1536Mi'],
  ['1024Mi', '1Gi', '1Gi'],
  ['2048Mi', '2Gi', '2Gi'],
  ['1.5Gi', '1536Mi', '1536Mi'],
  ['0.5Ki', '512', '512'],
  ['.5Ki', '512', '512'],
  ['0.5Mi', '512Ki', '512Ki'],
  ['1023.5Ki', '1048064', '1048064'],
  ['1023Ki', '1023Ki', '1023Ki'],
  ['1Ti', '1Ti', '1Ti'],
  ['1Pi', '1Pi', '1Pi'],
  ['1Ei', '1Ei', '1Ei'],
  ['100Ei', '9223372036854775807', '9223372036854775807'],
  ['9223372036854775807Ki', '9223372036854775807', '9223372036854775807'],
  ['0.5', '500m', '500m'],
  ['.5', '500m', '500m'],
  ['1.', '1.', '1.'],
  ['1.5', '1500m', '1500m'],
  ['1.50', '1500m', '1500m'],
  ['1.500', '1.500', '1.500'],
  ['1.500k', '1.500k', '1.500k'],
  ['001', '001', '001'],
  ['+1', '+1', '+1'],
  ['-1', '-1', '-1'],
  ['-0.5', '-500m', '-500m'],
  ['+1.500', '+1.500', '+1.500'],
  ['0.001', '1m', '1m'],
  ['0.0001', '100u', '1m'],
  ['0.000000001', '1n', '1m'],
  ['0.0000000001', '1n', '1m'],
  ['1.0000000001', '1000000001n', '1001m'],
  ['-0.0000000001', '-1n', '-1m'],
  ['3.14159265358979', '3141592654n', '3142m'],
  ['1e3', '1e3', '1e3'],
  ['1E3', '1E3', '1E3'],
  ['1e1', '10', '10'],
  ['1e10', '10e9', '10e9'],
  ['1e18', '1e18', '1e18'],
  ['1e0', '1e0', '1e0'],
  ['10e1', '100', '100'],
  ['1.5e3', '1500', '1500'],
  ['1e-3', '1e-3', '1e-3'],
  ['1e+2', '100', '100'],
  ['-1024', '-1024', '-1024'],
  ['-1025', '-1025', '-1025'],
  ['-1024Ki', '-1Mi', '-1Mi'],
  ['1.1', '1100m', '1100m'],
  ['1.1Ki', '1126400m', '1126400m'],
  ['1.5n', '2n', '1m'],
  ['7.999', '7.999', '7.999'],
  ['16Mi', '16Mi', '16Mi'],
  ['500Mi', '500Mi', '500Mi'],
  ['1000Mi', '1000Mi', '1000Mi'],
  ['0.001Gi', '1073741824m', '1073741824m'],
  ['0.0001Gi', '107374182400u', '107374183m'],
] as const;

test.each(WRITTEN)('%s is written as %s, and in thousandths as %s', (read, written, rounded) => {
  expect(canonicalQuantity(read)).toBe(written);
  expect(canonicalQuantity(roundedUpToMilli(read) as string)).toBe(rounded);
});

test.each([
  { value: 0.001, written: '1m' },
  { value: 2, written: '2' },
  { value: 1e21, written: '1e+21' },
  { value: 1e-7, written: '100e-9' },
])('the number $value is written as $written', ({ value, written }) => {
  expect(canonicalQuantity(value)).toBe(written);
});

describe('what is not an amount stays as it is', () => {
  test.each(['', 'lots', '1..2', '1.2.3', '1K', '1Kii', '1 Gi', '0x10', '1e', '1ee3', '1e3m', '1e9999999999'])(
    '%j',
    (text) => {
      expect(canonicalQuantity(text)).toBe(text);
      expect(roundedUpToMilli(text)).toBe(text);
      expect(quantityValue(text)).toBe(text);
    },
  );
});

test.each([
  { a: '1', b: '1000m', areEqual: true },
  { a: '1Gi', b: '1024Mi', areEqual: true },
  { a: '1Gi', b: '1073741824', areEqual: true },
  { a: '1.5', b: '1.500', areEqual: true },
  { a: 0.5, b: '500m', areEqual: true },
  { a: '1000E', b: '1', areEqual: false },
  { a: '1G', b: '1Gi', areEqual: false },
  { a: '1', b: '-1', areEqual: false },
  { a: ' 1 ', b: '1', areEqual: true },
])('$a equals $b: $areEqual', ({ a, b, areEqual }) => {
  expect(quantityValue(a) === quantityValue(b)).toBe(areEqual);
});
