// Requests about the session itself. They go past the cache, and past the client that waits for a token.

import { stringifyDocument, type TypedDocumentNode } from '@urql/core';
import { watchedFetch } from '../graphql/connection.js';
import { type Problem, problemOf } from '../graphql/errors.js';
import { graphql } from '../graphql/index.js';

export const SignedIn = graphql(`
  fragment SignedIn on User {
    id
    name
    email
    role
  }
`);

export const Login = graphql(`
  mutation Login($input: LoginInput!) {
    login(input: $input) {
      accessToken
      accessTokenExpiresAt
      user {
        ...SignedIn
      }
    }
  }
`, [SignedIn]);

export const Refresh = graphql(`
  mutation Refresh {
    refreshSession(input: {}) {
      accessToken
      accessTokenExpiresAt
      user {
        ...SignedIn
      }
    }
  }
`, [SignedIn]);

export const Logout = graphql(`
  mutation Logout($input: LogoutInput!) {
    logout(input: $input) {
      loggedOut
    }
  }
`);

export type Answer<Data> =
  | { kind: 'data'; data: Data; serverTime: number }
  | { kind: 'refused'; problems: readonly Problem[] }
  | { kind: 'away' };

export async function ask<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  token: string | null,
): Promise<Answer<Data>> {
  try {
    const response = await watchedFetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query: stringifyDocument(document), variables }),
    });
    const { data, errors } = await response.json() as { data?: Data | null; errors?: Parameters<typeof problemOf>[0][] };
    if (errors) return { kind: 'refused', problems: errors.map((error) => problemOf(error)) };
    if (!data) return { kind: 'away' };
    return { kind: 'data', data, serverTime: Date.parse(response.headers.get('date') ?? '') || Date.now() };
  } catch {
    return { kind: 'away' };
  }
}
