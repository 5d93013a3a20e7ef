import type { Typed } from '../../format/index.js';
import { text } from '../../text/index.js';

/** What is wrong with a typed amount. */
export function amountSentence(typed: Extract<Typed, { problem: string }>, currency: string, digits: number): string {
  const words = text.common.amountProblems;
  if (typed.problem === 'ambiguous') return words.ambiguous(typed.example);
  return typed.problem === 'tooPrecise' ? words.tooPrecise(currency, digits) : words[typed.problem];
}
