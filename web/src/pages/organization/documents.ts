import { graphql, type ResultOf } from '../../graphql/index.js';

export const Details = graphql(`
  fragment Details on Organization {
    id
    name
    baseCurrency
    financialYearStart
    weekStart
    closedThrough
    version
  }
`);

export type Details = ResultOf<typeof Details>;

export const OrganizationPageQuery = graphql(`
  query OrganizationPage {
    organization {
      ...Details
      registration
    }
  }
`, [Details]);

/** After a conflict: the organization as it is now, and who changed it last. */
export const OrganizationNow = graphql(`
  query OrganizationNow {
    organization {
      ...Details
    }
    auditEvents(first: 1, filter: { entityType: ORGANIZATION }) {
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
`, [Details]);

export const UpdateOrganization = graphql(`
  mutation UpdateOrganization($input: UpdateOrganizationInput!) {
    updateOrganization(input: $input) {
      organization {
        ...Details
      }
    }
  }
`, [Details]);

export const CloseBooks = graphql(`
  mutation CloseBooks($input: CloseBooksInput!) {
    closeBooks(input: $input) {
      organization {
        ...Details
      }
    }
  }
`, [Details]);

export const ReopenBooks = graphql(`
  mutation ReopenBooks($input: ReopenBooksInput!) {
    reopenBooks(input: $input) {
      organization {
        ...Details
      }
    }
  }
`, [Details]);

/** How many records closing would close. */
export const RecordsThrough = graphql(`
  query RecordsThrough($from: Date, $through: Date!) {
    records(first: 0, filter: { from: $from, to: $through }) {
      totalCount
    }
  }
`);
