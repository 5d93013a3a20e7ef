import { graphql, type ResultOf } from '../../graphql/index.js';

const Own = graphql(`
  fragment Own on User {
    id
    name
    email
    role
    createdAt
    version
  }
`);

export type Me = ResultOf<typeof Own>;

export const Profile = graphql(`
  query Profile {
    me {
      ...Own
    }
    organization {
      id
      limits {
        minPasswordLength
      }
    }
  }
`, [Own]);

export const OwnAccount = graphql(`
  query OwnAccount {
    me {
      ...Own
    }
  }
`, [Own]);

export const UpdateProfile = graphql(`
  mutation UpdateProfile($input: UpdateProfileInput!) {
    updateProfile(input: $input) {
      user {
        ...Own
      }
    }
  }
`, [Own]);

export const ChangePassword = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      user {
        id
      }
    }
  }
`);

export const MySessions = graphql(`
  query MySessions {
    mySessions {
      id
      createdAt
      lastUsedAt
      userAgent
      isCurrent
    }
  }
`);

export type OneSession = NonNullable<ResultOf<typeof MySessions>['mySessions']>[number];

export const RevokeSession = graphql(`
  mutation RevokeSession($input: RevokeSessionInput!) {
    revokeSession(input: $input) {
      revokedSessionId
    }
  }
`);

const Token = graphql(`
  fragment Token on ApiToken {
    id
    name
    role
    createdAt
    expiresAt
    lastUsedAt
    lastUsedFrom
    owner {
      id
      name
    }
  }
`);

export type Token = ResultOf<typeof Token>;

export const TokenPage = graphql(`
  query TokenPage($ofEverybody: Boolean!, $after: String) {
    apiTokens(first: 50, after: $after, ofEverybody: $ofEverybody) {
      nodes {
        ...Token
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`, [Token]);

export const CreateApiToken = graphql(`
  mutation CreateApiToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      token
      apiToken {
        ...Token
      }
    }
  }
`, [Token]);

export const RevokeApiToken = graphql(`
  mutation RevokeApiToken($input: RevokeApiTokenInput!) {
    revokeApiToken(input: $input) {
      revokedApiTokenId
    }
  }
`);
