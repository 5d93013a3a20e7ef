// What the cache cannot know by itself: which lists a change adds to or takes from.

import type { CacheExchangeOpts, UpdateResolver } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { DashboardQuery } from '../pages/dashboard/documents.js';
import type { ResultOf, VariablesOf } from './index.js';

export const resolvers: NonNullable<CacheExchangeOpts['resolvers']> = {
  Query: {
    imports: relayPagination(),
  },
  FinancialRecord: { history: relayPagination() },
};

/** Forgets these fields of `Query`, whatever their arguments, so that what shows them asks again. */
const forget = (...fields: string[]): UpdateResolver => (_, __, cache) => {
  for (const { fieldName, fieldKey } of cache.inspectFields('Query')) {
    if (fields.includes(fieldName)) cache.invalidate('Query', fieldKey);
  }
};

const records = forget('categories', 'dashboard', 'records');

export const updates: NonNullable<CacheExchangeOpts['updates']> = {
  Mutation: {
    changePassword: forget('mySessions'),
    commitImport: forget('categories', 'dashboard', 'imports', 'records'),
    createApiToken: forget('apiTokens'),
    createImport: forget('imports'),
    createRecord: records,
    createRecords: records,
    createUser: forget('users'),
    deleteCategory: records,
    deleteImportFormat: forget('importFormats'),
    deleteRecord: records,
    deleteRecords: records,
    mergeCategories: records,
    renameCategory: forget('categories', 'dashboard'),
    restoreRecord: records,
    restoreRecords: records,
    revertImport: forget('categories', 'dashboard', 'imports', 'records'),
    revokeApiToken: forget('apiTokens'),
    revokeSession: forget('mySessions'),
    saveImportFormat: forget('importFormats'),
    unmergeCategory: records,
    updateOrganization: forget('dashboard'),
    updateProfile: forget('users'),
    updateRecord: records,
    updateRecords: records,
    updateUser: forget('users'),
  },
  Subscription: {
    dashboardChanged: ({ dashboardChanged }, _, cache, { variables }) => {
      cache.updateQuery({ query: DashboardQuery, variables: variables as VariablesOf<typeof DashboardQuery> }, () => (
        { __typename: 'Query', dashboard: dashboardChanged } as ResultOf<typeof DashboardQuery>
      ));
    },
  },
};
