import { expect, test } from 'vitest';
import { scalesOf, tickStep, widthFor } from './scales.js';

const point = (from: string, income: string, expenses: string, net: string) => {
  const money = (amount: string) => ({ amount, currency: 'EUR' });
  return { from, income: money(income), expenses: money(expenses), net: money(net) };
};

test('the highest bar fits, and zero is at the bottom', () => {
  const { x, y } = scalesOf([point('2026-01-01', '100.00', '40.00', '60.00'), point('2026-02-01', '87.00', '20.00', '67.00')], 200, 100);
  expect(y(0)).toBe(100);
  expect(y(100)).toBeGreaterThanOrEqual(0);
  expect(y(40)).toBe(60);
  expect(x('2026-02-01')).toBeGreaterThan(x('2026-01-01') ?? Infinity);
});

test('a loss, and a month with more refunds than expenses, go below zero', () => {
  const { y } = scalesOf([point('2026-01-01', '10.00', '-30.00', '40.00'), point('2026-02-01', '0.00', '50.00', '-50.00')], 200, 100);
  expect(y(0)).toBeLessThan(100);
  expect(y(-50)).toBeLessThanOrEqual(100);
  expect(y(40)).toBeGreaterThanOrEqual(0);
});

test('without any money there is a scale all the same', () => {
  const { y } = scalesOf([point('2026-01-01', '0.00', '0.00', '0.00')], 200, 100);
  expect(y(0)).toBe(100);
});

test('many periods make the picture wider, and fewer of them are named', () => {
  expect(widthFor(12, 600)).toBe(600);
  expect(widthFor(365, 600)).toBe(3285);
  expect(tickStep(12, 600)).toBe(1);
  expect(tickStep(31, 600)).toBe(3);
  expect(tickStep(12, 280)).toBe(2);
});
