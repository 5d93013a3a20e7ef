import { readersLocale } from '../../format/index.js';

/** A size of a file in the reader's writing: 4.1 MB */
export function formatBytes(size: number, locale = readersLocale()): string {
  const [unit, per] = size < 1000 ? ['byte', 1] : size < 1_000_000 ? ['kilobyte', 1000] : ['megabyte', 1_000_000];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: size < 1000 ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(size / per);
}
