import type { CodegenConfig } from '@graphql-codegen/cli';

const scalars = ['BigInt', 'CurrencyCode', 'Date', 'DateTime', 'Decimal'];

const config: CodegenConfig = {
  schema: process.env['SCHEMA'] ?? '../../../schema.graphql',
  documents: ['src/**/*.ts', '!src/generated/**'],
  emitLegacyCommonJSImports: false,
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        // Only the types that operations use.
        onlyOperationTypes: true,
        enumsAsTypes: true,
        // What a query asked for is always in the answer: null it may be, but not absent.
        avoidOptionals: { field: true },
        useTypeImports: true,
        // A scalar of the schema that is not mapped below fails the generation, instead of becoming `any`.
        strictScalars: true,
        defaultScalarType: 'unknown',
        scalars: {
          ID: '../scalars.js#Id',
          ...Object.fromEntries(scalars.map((name) => [name, `../scalars.js#${name}`])),
        },
      },
    },
  },
};

export default config;
