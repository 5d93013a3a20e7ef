import type { CombinedError } from '@urql/core';
import { text } from '../text/index.js';

/** Why something was refused, in words, and with what a program needs. */
export type Problem = {
  message: string;
  code: string | null;
  /** The path in the mutation's `input`; null where it is about no field. */
  field: string | null;
  requestId: string | null;
  extensions: Readonly<Record<string, unknown>>;
};

/** The messages of each field, by its path in `input`; under `''`, what is about no field. */
export type FieldProblems = ReadonlyMap<string, readonly string[]>;

type Refusal = { message: string; extensions?: Record<string, unknown> };

export function problemOf({ message, extensions = {} }: Refusal): Problem {
  const string = (name: string) => {
    const value = extensions[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    message,
    code: string('code'),
    field: string('field')?.replace(/^input\./, '') ?? null,
    requestId: string('requestId'),
    extensions,
  };
}

/** Every problem of an answer. One that never came from the server is a problem too. */
export function problemsOf(error: CombinedError | undefined): Problem[] {
  if (!error) return [];
  if (error.graphQLErrors.length > 0) return error.graphQLErrors.map((refusal) => problemOf(refusal));
  return [{ message: text.common.unreachable, code: null, field: null, requestId: null, extensions: {} }];
}

export function problemsByField(problems: readonly Problem[]): FieldProblems {
  const messages = new Map<string, string[]>();
  for (const { field, message } of problems) messages.set(field ?? '', [...(messages.get(field ?? '') ?? []), message]);
  return messages;
}

export function hasCode(error: CombinedError | undefined, code: string): boolean {
  return problemsOf(error).some((problem) => problem.code === code);
}

/** Messages that stand at none of these fields, so that they can stand above the form. */
export function otherProblems(problems: FieldProblems, fields: readonly string[]): string[] {
  return [...problems].flatMap(([field, messages]) => (fields.includes(field) ? [] : messages));
}
