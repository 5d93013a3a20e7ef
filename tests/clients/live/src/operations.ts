import { graphql } from './graphql.js';

export const SignIn = graphql(`
  mutation SignIn($input: LoginInput!) {
    login(input: $input) {
      accessToken
    }
  }
`);

export const SignOut = graphql(`
  mutation SignOut {
    logout(input: {}) {
      loggedOut
    }
  }
`);

const CachedRecord = graphql(`
  fragment CachedRecord on FinancialRecord @_unmask {
    id
    kind
    amount {
      amount
      currency
    }
    date
    notes
    ownCategoryId
    version
  }
`);

const CachedCategory = graphql(`
  fragment CachedCategory on Category @_unmask {
    id
    name
    mergedInto {
      id
    }
  }
`);

export const Page = graphql(`
  fragment Page on Changes @_unmask {
    nodes {
      id
      node {
        __typename
        ...CachedRecord
        ...CachedCategory
      }
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
`, [CachedRecord, CachedCategory]);

/** All there is, without `after`; then what changed. */
export const Changes = graphql(`
  query Changes($after: String) {
    changes(after: $after, types: [CATEGORY, RECORD], first: 1000) {
      ...Page
    }
  }
`, [Page]);

export const Changed = graphql(`
  subscription Changed($after: String) {
    changed(after: $after, types: [CATEGORY, RECORD]) {
      ...Page
    }
  }
`, [Page]);

export const DashboardChanged = graphql(`
  subscription DashboardChanged($filter: DashboardFilter) {
    dashboardChanged(filter: $filter) {
      summary {
        expenses {
          minorUnits
        }
        recordCount
      }
    }
  }
`);

/** What the cache has to be equal to. */
export const RecordPage = graphql(`
  query RecordPage($after: String) {
    records(first: 100, after: $after) {
      nodes {
        ...CachedRecord
        category {
          name
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`, [CachedRecord]);

export const CreateRecord = graphql(`
  mutation CreateRecord($input: CreateRecordInput!) {
    createRecord(input: $input) {
      record {
        id
        version
      }
    }
  }
`);

export const UpdateRecord = graphql(`
  mutation UpdateRecord($input: UpdateRecordInput!) {
    updateRecord(input: $input) {
      record {
        version
      }
    }
  }
`);

export const DeleteRecords = graphql(`
  mutation DeleteRecords($input: DeleteRecordsInput!) {
    deleteRecords(input: $input) {
      recordCount
    }
  }
`);
