import { graphql } from './generated/gql.js';

export const SignIn = graphql(`
  mutation SignIn($input: LoginInput!) {
    login(input: $input) {
      accessToken
      user {
        id
        email
      }
    }
  }
`);

export const RecordPage = graphql(`
  query RecordPage($filter: RecordFilter, $orderBy: RecordOrder, $first: Int!, $after: String) {
    records(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount
      edges {
        cursor
        node {
          ...RecordRow
        }
      }
      pageInfo {
        endCursor
        hasNextPage
        hasPreviousPage
        startCursor
      }
    }
  }

  fragment RecordRow on FinancialRecord {
    id
    amount {
      amount
      currency
    }
    category {
      id
      name
    }
    notes
    version
  }
`);

export const EnterSeveral = graphql(`
  mutation EnterSeveral($input: CreateRecordsInput!) {
    createRecords(input: $input) {
      createdCount
      results {
        index
        problems {
          code
          field
        }
        record {
          id
        }
      }
    }
  }
`);

export const CreateRecord = graphql(`
  mutation CreateRecord($input: CreateRecordInput!, $filter: RecordFilter, $orderBy: RecordOrder) {
    createRecord(input: $input) {
      recordEdge(filter: $filter, orderBy: $orderBy) {
        cursor
        node {
          ...RecordRow
        }
      }
      query {
        dashboard(filter: { categories: ["apollo"] }) {
          ...Count
        }
      }
    }
  }
`);

export const DashboardCount = graphql(`
  query DashboardCount {
    dashboard(filter: { categories: ["apollo"] }) {
      ...Count
    }
  }

  fragment Count on Dashboard {
    currency
    summary {
      recordCount
    }
  }
`);

export const UpdateRecord = graphql(`
  mutation UpdateRecord($input: UpdateRecordInput!) {
    updateRecord(input: $input) {
      record {
        ...RecordRow
      }
    }
  }
`);

export const DeleteRecord = graphql(`
  mutation DeleteRecord($input: DeleteRecordInput!) {
    deleteRecord(input: $input) {
      deletedRecordId
    }
  }
`);

/** An interface: what is asked for of records is answered because the cache knows that they are nodes. */
export const OneNode = graphql(`
  query OneNode($id: ID!) {
    node(id: $id) {
      id
      ... on FinancialRecord {
        notes
      }
    }
  }
`);
