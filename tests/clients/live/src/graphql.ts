import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './generated/introspection.js';

/** Types documents by the schema. gql.tada takes a scalar that is not named here for `unknown`. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { BigInt: string; CurrencyCode: string; Date: string; DateTime: string; Decimal: string };
}>();
