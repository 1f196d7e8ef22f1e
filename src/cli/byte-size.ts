/** Sizes of files, as people write them. */
import { UsageError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** `64Mi` in bytes. Throws a UsageError that names the option. */
export function byteSize(option: string, text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})(Ki|Mi|Gi)?$/.exec(text) ?? [];
  if (digits === '') throw new UsageError(`--${option} must be a size such as 64Mi, not ${JSON.stringify(text)}`);
  return Number(digits) * (UNITS[unit] ?? 1);
}

/** To a tenth of the greatest unit that it has. */
export function byteSizeText(bytes: number): string {
  const [unit = '', size = 1] = Object.entries(UNITS).findLast(([, least]) => bytes >= least) ?? [];
  return unit === '' ? `${bytes} bytes` : `${Math.round((bytes / size) * 10) / 10} ${unit}B`;
}
