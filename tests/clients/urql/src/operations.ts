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
        dashboard(filter: { categories: ["urql"] }) {
          ...Count
        }
      }
    }
  }
`);

export const DashboardCount = graphql(`
  query DashboardCount {
    dashboard(filter: { categories: ["urql"] }) {
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

/** Reads objects of nearly every type without an id. */
export const EveryKind = graphql(`
  query EveryKind($sample: String!) {
    organization {
      id
      name
      limits {
        maxPageSize
      }
      currencies(inUse: true) {
        code
        fractionDigits
      }
    }
    me {
      id
      name
    }
    mySessions {
      id
      isCurrent
    }
    dashboard {
      currency
      summary {
        recordCount
        net {
          ...Figures
        }
      }
      categories(first: 2) {
        share
        category {
          id
          name
        }
        net {
          ...Figures
        }
      }
      otherCategories(first: 2) {
        share
        net {
          ...Figures
        }
      }
      previous {
        from
        net {
          ...Figures
        }
      }
      trends {
        from
        net {
          ...Figures
        }
      }
      recent(first: 1) {
        id
        notes
      }
    }
    records(first: 1) {
      nodes {
        id
        history(first: 1) {
          edges {
            cursor
            node {
              id
              changes {
                field
                after
              }
              entity {
                __typename
                id
                ... on FinancialRecord {
                  notes
                }
              }
            }
          }
        }
      }
      summary {
        recordCount
      }
      summaries {
        recordCount
        net {
          ...Figures
        }
      }
    }
    importFormats {
      name
      format {
        separator
      }
    }
    imports(first: 1) {
      edges {
        cursor
        node {
          id
          counts {
            rows
          }
        }
      }
    }
    suggestImportFormat(sample: $sample) {
      format {
        separator
        categories {
          from
          to
        }
      }
      questions {
        field
        message
      }
    }
  }

  fragment Figures on Money {
    amount
    currency
    minorUnits
  }
`);
