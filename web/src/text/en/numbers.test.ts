import { expect, test } from 'vitest';
import { text } from './index.js';

type Said = { name: string; sentence: string };

/** What every text says where each of its figures is one. Lists of words have no figure. */
function saidOfOne(texts: object, path = ''): Said[] {
  return Object.entries(texts).flatMap(([name, value]: [string, unknown]): Said[] => {
    const here = `${path}.${name}`;
    if (typeof value === 'string') return [{ name: here, sentence: value }];
    if (typeof value === 'function') return here === '.records.history.did' ? [] : [{ name: here, sentence: String(Reflect.apply(value, null, Array(9).fill(1))) }];
    return saidOfOne(value as object, here);
  });
}

const PLURAL = /\b1 (?:\w+ )?(?:categories|characters|columns|days|events|files|lines|months|records|rows|sessions|users)\b|\b1 (?:(?:record|row|event|user|category) )?(?:are|have|match|were)\b/;

test('one of something is never many', () => {
  const said = saidOfOne(text);
  expect(said.length).toBeGreaterThan(500);
  expect(said.filter(({ sentence }) => PLURAL.test(sentence))).toEqual([]);
});
