import { graphql, type ResultOf } from '../../graphql/index.js';

export const AuditPageQuery = graphql(`
  query AuditPage($filter: AuditFilter!, $after: String) {
    auditEvents(first: 50, after: $after, filter: $filter) {
      totalCount
      nodes {
        id
        action
        at
        requestId
        entityType
        entityId
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
          id
          ... on ApiToken {
            name
          }
          ... on Import {
            filename
          }
        }
        entity {
          __typename
          id
          ... on ApiToken {
            name
          }
          ... on Category {
            name
          }
          ... on FinancialRecord {
            kind
            date
            amount {
              amount
              currency
            }
            category {
              id
              name
            }
          }
          ... on Organization {
            name
          }
          ... on Session {
            userAgent
          }
          ... on User {
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
`);

export type AuditEvent = NonNullable<ResultOf<typeof AuditPageQuery>['auditEvents']>['nodes'][number];

/** Who can have done something. */
export const Actors = graphql(`
  query Actors {
    users(first: 100) {
      nodes {
        id
        name
      }
    }
  }
`);

export const Actor = graphql(`
  query Actor($id: ID!) {
    user(id: $id) {
      id
      name
    }
  }
`);
