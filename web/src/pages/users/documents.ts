import { graphql, type ResultOf } from '../../graphql/index.js';

export const Account = graphql(`
  fragment Account on User {
    id
    name
    email
    role
    isActive
    createdAt
    version
  }
`);

export type Account = ResultOf<typeof Account>;

export const UserPage = graphql(`
  query UserPage($filter: UserFilter!, $after: String) {
    users(first: 100, after: $after, filter: $filter) {
      totalCount
      nodes {
        ...Account
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`, [Account]);

export const OneUser = graphql(`
  query OneUser($id: ID!) {
    user(id: $id) {
      ...Account
    }
  }
`, [Account]);

/** After a conflict: the user as they are now, and who changed them last. */
export const UserNow = graphql(`
  query UserNow($id: ID!) {
    user(id: $id) {
      ...Account
    }
    auditEvents(first: 1, filter: { entityId: $id, action: UPDATED }) {
      nodes {
        id
        at
        actor {
          id
          name
        }
      }
    }
  }
`, [Account]);

export const CreateUser = graphql(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      replayed
      user {
        ...Account
      }
    }
  }
`, [Account]);

export const UpdateUser = graphql(`
  mutation UpdateUser($input: UpdateUserInput!) {
    updateUser(input: $input) {
      user {
        ...Account
      }
    }
  }
`, [Account]);

export const EndSessions = graphql(`
  mutation EndSessions($input: EndSessionsInput!) {
    endSessions(input: $input) {
      endedCount
      user {
        id
      }
    }
  }
`);

export const PasswordLimit = graphql(`
  query PasswordLimit {
    organization {
      id
      limits {
        minPasswordLength
      }
    }
  }
`);
