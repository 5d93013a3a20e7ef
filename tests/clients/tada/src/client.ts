// Runs typed documents over `fetch`.

import type { TadaDocumentNode } from 'gql.tada';
import { print } from 'graphql';

type Failure = { message: string; extensions?: { code?: string; currentVersion?: number; retryAfter?: number } };

/** The server's answer is no. */
export class Refused extends Error {
  readonly code: string | undefined;
  /** With the code VERSION_CONFLICT. */
  readonly currentVersion: number | undefined;
  /** Seconds, with the code RATE_LIMITED. */
  readonly retryAfter: number | undefined;

  constructor({ message, extensions }: Failure) {
    super(message);
    this.code = extensions?.code;
    this.currentVersion = extensions?.currentVersion;
    this.retryAfter = extensions?.retryAfter;
  }
}

export async function run<Data, Variables>(
  endpoint: URL,
  token: string,
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(token !== '' && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = await response.json() as { data?: Data | null; errors?: Failure[] };
  if (errors?.[0]) throw new Refused(errors[0]);
  if (!data) throw new Error(`Status ${response.status} with neither data nor errors.`);
  return data;
}
