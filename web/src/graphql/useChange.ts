import type { TypedDocumentNode } from '@urql/core';
import { useCallback, useRef, useState } from 'react';
import { useClient } from 'urql';
import { type FieldProblems, type Problem, problemsByField, problemsOf } from './errors.js';

type Input = { idempotencyKey?: string | null | undefined };

export type Outcome<Data> = { data: Data; problems: null } | { data: null; problems: readonly Problem[] };

/**
 * A mutation that is made once, however often it is sent: the same input goes out with the same idempotency key until the
 * server has answered. `run` says how it went; `problems` are those of the last run.
 */
export function useChange<Data, Variables extends { input: Input }>(document: TypedDocumentNode<Data, Variables>) {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const attempt = useRef<{ sent: string; key: string } | null>(null);

  const run = useCallback(async (
    input: Omit<Variables['input'], 'idempotencyKey'>,
    ...[others]: [others?: Omit<Variables, 'input'>]
  ): Promise<Outcome<Data>> => {
    const sent = JSON.stringify(input);
    if (attempt.current?.sent !== sent) attempt.current = { sent, key: crypto.randomUUID() };
    const variables = { ...others, input: { ...input, idempotencyKey: attempt.current.key } } as unknown as Variables;

    setBusy(true);
    const { data, error } = await client.mutation(document, variables).toPromise();
    setBusy(false);

    if (!error && data) {
      attempt.current = null;
      setProblems([]);
      return { data, problems: null };
    }
    // Only an answer settles what became of it.
    if (error && !error.networkError) attempt.current = null;
    const found = problemsOf(error);
    setProblems(found);
    return { data: null, problems: found };
  }, [client, document]);

  const reset = useCallback(() => {
    attempt.current = null;
    setProblems([]);
  }, []);

  const fieldProblems: FieldProblems = problemsByField(problems);
  return { run, isBusy, problems, fieldProblems, reset };
}
