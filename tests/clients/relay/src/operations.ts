// What relay-compiler reads. In an app, each document is in the component that shows it, and a plugin of the bundler
// puts the compiled one in its place; the story imports the compiled ones itself, and never runs this file.

import { graphql } from 'relay-runtime';

export const operations = [
  graphql`
    mutation operationsSignInMutation($input: LoginInput!) {
      login(input: $input) {
        accessToken
        user {
          email
        }
      }
    }
  `,

  graphql`
    query operationsListQuery($filter: RecordFilter, $orderBy: RecordOrder) {
      ...operationsList @arguments(filter: $filter, orderBy: $orderBy)
    }
  `,

  graphql`
    fragment operationsList on Query
    @refetchable(queryName: "operationsListPaginationQuery")
    @argumentDefinitions(
      count: { type: "Int", defaultValue: 5 }
      cursor: { type: "String" }
      filter: { type: "RecordFilter" }
      orderBy: { type: "RecordOrder" }
    ) {
      records(first: $count, after: $cursor, filter: $filter, orderBy: $orderBy)
        @connection(key: "operationsList_records", filters: ["filter", "orderBy"]) {
        totalCount
        edges {
          cursor
          node {
            ...operationsRow @relay(mask: false)
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  `,

  graphql`
    fragment operationsRow on FinancialRecord {
      id
      amount {
        amount
        currency
        minorUnits
      }
      date
      notes
      version
    }
  `,

  // Refetches the record by its id, through `node`.
  graphql`
    fragment operationsRecord on FinancialRecord @refetchable(queryName: "operationsRecordRefetchQuery") {
      id
      notes
      updatedAt
      version
    }
  `,

  graphql`
    mutation operationsEnterSeveralMutation($input: CreateRecordsInput!) {
      createRecords(input: $input) {
        createdCount
      }
    }
  `,

  graphql`
    mutation operationsPrependMutation(
      $input: CreateRecordInput!
      $filter: RecordFilter
      $orderBy: RecordOrder
      $connections: [ID!]!
    ) {
      createRecord(input: $input) {
        recordEdge(filter: $filter, orderBy: $orderBy) @prependEdge(connections: $connections) {
          cursor
          node {
            ...operationsRow @relay(mask: false)
          }
        }
      }
    }
  `,

  graphql`
    mutation operationsAppendMutation(
      $input: CreateRecordInput!
      $filter: RecordFilter
      $orderBy: RecordOrder
      $connections: [ID!]!
    ) {
      createRecord(input: $input) {
        recordEdge(filter: $filter, orderBy: $orderBy) @appendEdge(connections: $connections) {
          cursor
          node {
            ...operationsRow @relay(mask: false)
          }
        }
      }
    }
  `,

  graphql`
    mutation operationsUpdateMutation($input: UpdateRecordInput!) {
      updateRecord(input: $input) {
        record {
          ...operationsRow @relay(mask: false)
        }
      }
    }
  `,

  graphql`
    mutation operationsDeleteMutation($input: DeleteRecordInput!, $connections: [ID!]!) {
      deleteRecord(input: $input) {
        deletedRecordId @deleteEdge(connections: $connections)
      }
    }
  `,
];
