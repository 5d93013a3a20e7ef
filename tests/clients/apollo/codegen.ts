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
        onlyOperationTypes: true,
        enumsAsTypes: true,
        avoidOptionals: { field: true },
        useTypeImports: true,
        // A scalar that is not mapped below fails the generation, instead of becoming `any`.
        strictScalars: true,
        defaultScalarType: 'unknown',
        scalars: { ID: 'string', ...Object.fromEntries(scalars.map((name) => [name, 'string'])) },
      },
    },
    // Which types an interface stands for.
    'src/generated/possible-types.ts': { plugins: ['fragment-matcher'], config: { useExplicitTyping: true } },
  },
};

export default config;
