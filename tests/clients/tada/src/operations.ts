import { graphql } from './graphql.js';

export const SignIn = graphql(`
  mutation SignIn($input: LoginInput!) {
    login(input: $input) {
      accessToken
    }
  }
`);

const RecordRow = graphql(`
  fragment RecordRow on FinancialRecord @_unmask {
    id
    kind
    amount {
      amount
      currency
      minorUnits
    }
    date
    notes
    version
  }
`);

export const RecordPage = graphql(`
  query RecordPage($filter: RecordFilter, $orderBy: RecordOrder, $first: Int!, $after: String) {
    records(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount
      edges {
        node {
          ...RecordRow
        }
      }
      pageInfo {
        endCursor
        hasNextPage
        hasPreviousPage
      }
    }
  }
`, [RecordRow]);

export const EnterSeveral = graphql(`
  mutation EnterSeveral($input: CreateRecordsInput!) {
    createRecords(input: $input) {
      createdCount
    }
  }
`);

export const CreateRecord = graphql(`
  mutation CreateRecord($input: CreateRecordInput!) {
    createRecord(input: $input) {
      record {
        ...RecordRow
      }
    }
  }
`, [RecordRow]);

export const UpdateRecord = graphql(`
  mutation UpdateRecord($input: UpdateRecordInput!) {
    updateRecord(input: $input) {
      record {
        ...RecordRow
      }
    }
  }
`, [RecordRow]);
