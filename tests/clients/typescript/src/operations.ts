import { graphql } from './generated/gql.js';

export const SignIn = graphql(`
  mutation SignIn($input: LoginInput!) {
    login(input: $input) {
      accessToken
      accessTokenExpiresAt
      refreshToken
    }
  }
`);

export const Refresh = graphql(`
  mutation Refresh($input: RefreshSessionInput!) {
    refreshSession(input: $input) {
      accessToken
      accessTokenExpiresAt
      refreshToken
    }
  }
`);

export const Me = graphql(`
  query Me {
    me {
      id
      name
      email
      role
    }
  }
`);

export const CreateRecord = graphql(`
  mutation CreateRecord($input: CreateRecordInput!) {
    createRecord(input: $input) {
      replayed
      record {
        id
        kind
        amount {
          amount
          currency
          minorUnits
        }
        category {
          id
          name
        }
        date
        notes
        version
        createdBy {
          id
        }
      }
    }
  }
`);

export const UpdateRecord = graphql(`
  mutation UpdateRecord($input: UpdateRecordInput!) {
    updateRecord(input: $input) {
      record {
        id
        notes
        version
      }
    }
  }
`);

export const OneRecord = graphql(`
  query OneRecord($id: ID!) {
    record(id: $id) {
      id
      date
      notes
      amount {
        amount
        currency
      }
    }
  }
`);

export const RecordPage = graphql(`
  query RecordPage(
    $filter: RecordFilter
    $orderBy: RecordOrder
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    records(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      edges {
        cursor
        node {
          id
        }
      }
      pageInfo {
        startCursor
        endCursor
        hasNextPage
        hasPreviousPage
      }
    }
  }
`);

export const DashboardFigures = graphql(`
  query DashboardFigures($filter: DashboardFilter, $interval: TrendInterval!) {
    dashboard(filter: $filter) {
      currency
      summary {
        recordCount
        income {
          minorUnits
        }
        expenses {
          minorUnits
        }
        net {
          minorUnits
        }
      }
      categories(first: 100) {
        category {
          name
        }
        recordCount
        income {
          minorUnits
        }
        expenses {
          minorUnits
        }
      }
      recent(first: 5) {
        id
      }
      trends(interval: $interval) {
        from
        to
        recordCount
        income {
          minorUnits
        }
        expenses {
          minorUnits
        }
      }
    }
  }
`);
