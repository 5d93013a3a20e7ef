// Relay's environment for one signed-in user.

import { Environment, type FetchFunction, type GraphQLResponse, Network, RecordSource, Store } from 'relay-runtime';

type Extensions = { code?: string; currentVersion?: number; retryAfter?: number };

/** The server's answer is no. Relay's own type of an error does not know `extensions`. */
export class Refused extends Error {
  readonly extensions: Extensions;

  constructor({ message, extensions }: { message: string; extensions?: Extensions }) {
    super(message);
    this.extensions = extensions ?? {};
  }
}

export function environmentOf(url: string, token: string): Environment {
  const ask: FetchFunction = async ({ text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(token !== '' && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: text, variables }),
    });
    const answer = await response.json() as GraphQLResponse & { errors?: { message: string; extensions?: Extensions }[] };
    if (answer.errors?.[0]) throw new Refused(answer.errors[0]);
    return answer;
  };
  return new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });
}
