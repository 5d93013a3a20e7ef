import { RecordSums } from '../../graphql/fragments.js';
import { graphql, type ResultOf, type VariablesOf } from '../../graphql/index.js';

/** What a row shows, and what its place in the list depends on. */
export const ListRecord = graphql(`
  fragment ListRecord on FinancialRecord {
    id
    kind
    date
    amount {
      amount
      currency
      minorUnits
    }
    counterparty
    notes
    category {
      id
      name
    }
    ownCategoryId
    createdAt
    updatedAt
    updatedBy {
      id
      name
    }
    deletedAt
    version
    viewerCanUpdate
    viewerCanDelete
    viewerCanRestore
  }
`);

export const RecordsQuery = graphql(`
  query Records($filter: RecordFilter, $orderBy: RecordOrder, $after: String) {
    records(first: 100, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes {
        ...ListRecord
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`, [ListRecord]);

export const SumsQuery = graphql(`
  query RecordSums($filter: RecordFilter) {
    records(first: 0, filter: $filter) {
      ...RecordSums
    }
  }
`, [RecordSums]);

export const RecordQuery = graphql(`
  query Record($id: ID!) {
    record(id: $id) {
      ...ListRecord
      createdBy {
        id
        name
      }
      deletedBy {
        id
        name
      }
    }
  }
`, [ListRecord]);

export const RecordsChanged = graphql(`
  subscription RecordsChanged($filter: RecordFilter) {
    changed(types: [RECORD, CATEGORY, ORGANIZATION], filter: $filter) {
      nodes {
        id
        node {
          __typename
          ... on FinancialRecord {
            ...ListRecord
          }
          ... on Category {
            id
            name
            mergedInto {
              id
              name
            }
          }
          ... on Organization {
            id
            closedThrough
            version
          }
        }
      }
      pageInfo {
        endCursor
      }
    }
  }
`, [ListRecord]);

export const HistoryQuery = graphql(`
  query RecordHistory($id: ID!, $after: String) {
    record(id: $id) {
      id
      history(first: 20, after: $after) {
        nodes {
          id
          action
          entityType
          at
          actor {
            id
            name
          }
          changes {
            field
            before
            after
          }
          via {
            __typename
            ... on Import {
              id
              filename
            }
            ... on ApiToken {
              id
              name
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

export const CategoryNames = graphql(`
  query CategoryNames($search: String) {
    categories(first: 20, search: $search) {
      nodes {
        id
        name
      }
    }
  }
`);

/** The names of what a filter means by its id. */
export const NamesQuery = graphql(`
  query Names($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      ... on User {
        id
        name
      }
      ... on Category {
        id
        name
      }
      ... on Import {
        id
        filename
      }
    }
  }
`);

export const People = graphql(`
  query People {
    users(first: 100) {
      nodes {
        id
        name
      }
    }
  }
`);

export const CreateRecord = graphql(`
  mutation CreateRecord($input: CreateRecordInput!, $filter: RecordFilter, $orderBy: RecordOrder) {
    createRecord(input: $input) {
      record {
        ...ListRecord
      }
      recordEdge(filter: $filter, orderBy: $orderBy) {
        cursor
      }
    }
  }
`, [ListRecord]);

export const UpdateRecord = graphql(`
  mutation UpdateRecord($input: UpdateRecordInput!, $filter: RecordFilter, $orderBy: RecordOrder) {
    updateRecord(input: $input) {
      record {
        ...ListRecord
      }
      recordEdge(filter: $filter, orderBy: $orderBy) {
        cursor
      }
    }
  }
`, [ListRecord]);

export const DeleteRecord = graphql(`
  mutation DeleteRecord($input: DeleteRecordInput!) {
    deleteRecord(input: $input) {
      record {
        ...ListRecord
      }
    }
  }
`, [ListRecord]);

export const RestoreRecord = graphql(`
  mutation RestoreRecord($input: RestoreRecordInput!, $filter: RecordFilter, $orderBy: RecordOrder) {
    restoreRecord(input: $input) {
      record {
        ...ListRecord
      }
      recordEdge(filter: $filter, orderBy: $orderBy) {
        cursor
      }
    }
  }
`, [ListRecord]);

/** What a change of many records has to know of each. */
export const RecordsToChange = graphql(`
  query RecordsToChange($filter: RecordFilter!, $after: String) {
    records(first: 100, after: $after, filter: $filter) {
      totalCount
      nodes {
        id
        category {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const UpdateRecords = graphql(`
  mutation UpdateRecords($input: UpdateRecordsInput!) {
    updateRecords(input: $input) {
      recordCount
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

export const RestoreRecords = graphql(`
  mutation RestoreRecords($input: RestoreRecordsInput!) {
    restoreRecords(input: $input) {
      recordCount
    }
  }
`);

export const ExportRecords = graphql(`
  mutation ExportRecords($input: ExportRecordsInput!) {
    exportRecords(input: $input) {
      url
    }
  }
`);

export type ListedRecord = ResultOf<typeof ListRecord>;
export type DetailedRecord = NonNullable<ResultOf<typeof RecordQuery>['record']>;
export type RecordsFilter = NonNullable<VariablesOf<typeof RecordsQuery>['filter']>;
export type RecordsOrder = NonNullable<VariablesOf<typeof RecordsQuery>['orderBy']>;
export type Sums = NonNullable<ResultOf<typeof SumsQuery>['records']>;
export type HistoryEvent = NonNullable<NonNullable<NonNullable<ResultOf<typeof HistoryQuery>['record']>['history']>['nodes']>[number];
export type ExportFormat = VariablesOf<typeof ExportRecords>['input']['format'];
