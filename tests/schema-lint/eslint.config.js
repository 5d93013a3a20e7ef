// All of @graphql-eslint's `flat/schema-recommended` and `flat/schema-relay`, and more rules below.
// Two rules are narrowed and one is off; the reason stands beside each.

import { resolve } from 'node:path';
import graphql from '@graphql-eslint/eslint-plugin';

// ESLint runs in the root of the repository (see package.json), since it lints nothing outside its directory.
const schema = resolve(process.env.SCHEMA ?? 'schema.graphql');

export default [
  {
    files: ['**/*.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,

      // Narrowed: only what has an identity has an id. Changes, sums, amounts, and what stands in a file are values; connections, edges and
      // payloads are the shape of an answer. An id there would be one that no query could look up.
      '@graphql-eslint/strict-id-in-types': ['error', {
        exceptions: {
          types: [
            'AuditChange', 'CategoryTotal', 'Change', 'Changes', 'CreateRecordsResult', 'Currency', 'Dashboard', 'DemoAccount', 'ImportCategory',
            'ImportCounts', 'ImportFormat', 'ImportFormatQuestion', 'ImportFormatSuggestion', 'ImportProblem',
            'ImportRow', 'ImportedRecord', 'Limits', 'Money', 'OtherCategories', 'PageInfo', 'PreviousSummary',
            'RecordProblem', 'SavedImportFormat', 'Summary', 'TrendPoint',
          ],
          suffixes: ['Connection', 'Edge', 'Payload'],
        },
      }],

      // Narrowed: what grows with the books is a connection, but what is short by nature is a plain list:
      // categories, the intervals of a trend, the `nodes` of a page. The rule's other checks stay.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],

      // Off: no field is of type `ErrorCode`, which publishes the values of `extensions.code` in errors, and the
      // rule knows no exceptions. graphql-schema-linter's `defined-types-are-used` looks for other unused types.
      '@graphql-eslint/no-unreachable-types': 'off',

      // Wider than recommended. Descriptions of arguments and input fields are graphql-schema-linter's part.
      '@graphql-eslint/require-description': ['error', {
        types: true,
        rootField: true,
        FieldDefinition: true,
        EnumValueDefinition: true,
        DirectiveDefinition: true,
      }],

      // The conventions of the schema: a denied root field does not null its siblings; a mutation takes one
      // `input` of its own type and answers with an object.
      '@graphql-eslint/require-nullable-result-in-root': 'error',
      '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
      '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
    },
  },
];
