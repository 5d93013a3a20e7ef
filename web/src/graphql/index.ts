import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './generated/schema.js';

/** Documents of this API, typed by its schema. Numbers of money come as text and stay text. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: {
    BigInt: string;
    CurrencyCode: string;
    Date: string;
    DateTime: string;
    Decimal: string;
    ID: string;
  };
}>();

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada';
