// Sums in minor units, as whole numbers of any size: JavaScript's numbers would round.

/** Exactly two decimal places, as in pounds and dollars. */
export function minorUnits(amount: string): bigint {
  const match = /^(-?)(\d+)\.(\d\d)$/.exec(amount);
  if (!match) throw new TypeError(`${JSON.stringify(amount)} is no amount with two decimal places.`);
  return BigInt(`${match[1]}${match[2]}${match[3]}`);
}

export function inWords(minor: bigint): string {
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${whole}.${digits.slice(-2)}`;
}

export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

export type Tally = { count: number; minor: bigint };

/** Adds up by key. */
export class Tallies extends Map<string, Tally> {
  add(key: string, minor: bigint): void {
    const { count, minor: before } = this.get(key) ?? { count: 0, minor: 0n };
    this.set(key, { count: count + 1, minor: before + minor });
  }
}
