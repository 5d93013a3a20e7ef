// Where things stand in the picture. Only here are amounts numbers: a pixel needs no more.

import { scaleBand, scaleLinear } from '@visx/scale';
import type { TrendPoint } from './documents.js';

type Point = Pick<TrendPoint, 'from' | 'income' | 'expenses' | 'net'>;

/** A period is never narrower than this; more of them make the picture wider than its place, and it scrolls. */
export const NARROWEST = 9;
const TICK_WIDTH = 46;

export function widthFor(count: number, place: number): number {
  return Math.max(place, count * NARROWEST);
}

export function scalesOf(points: readonly Point[], width: number, height: number) {
  const values = points.flatMap(({ income, expenses, net }) => [Number(income.amount), Number(expenses.amount), Number(net.amount)]);
  const highest = Math.max(0, ...values);
  const lowest = Math.min(0, ...values);
  const x = scaleBand<string>({ domain: points.map(({ from }) => from), range: [0, width], paddingInner: 0.34, paddingOuter: 0.17 });
  const y = scaleLinear<number>({
    domain: highest === lowest ? [0, 1] : [lowest, highest],
    range: [height, 0],
    nice: 4,
  });
  return { x, y };
}

/** Every how many periods there is place for a name. */
export function tickStep(count: number, width: number): number {
  return Math.max(1, Math.ceil(count * TICK_WIDTH / Math.max(width, 1)));
}
