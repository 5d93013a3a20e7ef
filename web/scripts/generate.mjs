// Writes what the cache has to know of the schema: types, fields and whether they can be null, and nothing else.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { minifyIntrospectionQuery } from '@urql/introspection';
import { buildSchema, introspectionFromSchema } from 'graphql';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const minified = minifyIntrospectionQuery(introspectionFromSchema(schema, { descriptions: false }), {
  includeDirectives: false,
  includeEnums: false,
  includeInputs: false,
  includeScalars: false,
});

const folder = new URL('../src/graphql/generated/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('introspection.json', folder), `${JSON.stringify(minified)}\n`);
