import { graphql, type ResultOf } from '../../graphql/index.js';

const Figures = graphql(`
  fragment Figures on Money {
    amount
    currency
  }
`);

const DashboardParts = graphql(`
  fragment DashboardParts on Dashboard {
    currency
    from
    to
    summary {
      income {
        ...Figures
      }
      expenses {
        ...Figures
      }
      net {
        ...Figures
      }
      recordCount
    }
    previous(compareWith: $compareWith) {
      from
      to
      income {
        ...Figures
      }
      expenses {
        ...Figures
      }
      net {
        ...Figures
      }
    }
    trends(interval: $interval) {
      from
      to
      income {
        ...Figures
      }
      expenses {
        ...Figures
      }
      net {
        ...Figures
      }
      recordCount
    }
    categories(first: $categories, kind: $kind) {
      category {
        id
        name
      }
      income {
        ...Figures
      }
      expenses {
        ...Figures
      }
      share
    }
    otherCategories(first: $categories, kind: $kind) {
      income {
        ...Figures
      }
      expenses {
        ...Figures
      }
      share
      recordCount
    }
    recent(first: 6) {
      id
      kind
      date
      amount {
        ...Figures
      }
      counterparty
      notes
      category {
        id
        name
      }
    }
  }
`, [Figures]);

export const DashboardQuery = graphql(`
  query Dashboard($filter: DashboardFilter, $compareWith: Comparison!, $interval: TrendInterval!, $categories: Int!, $kind: RecordKind) {
    dashboard(filter: $filter) {
      ...DashboardParts
    }
  }
`, [DashboardParts]);

/** The same, whenever it is another one. The cache writes it to where the query reads: see `graphql/updates.ts`. */
export const DashboardChanged = graphql(`
  subscription DashboardChanged($filter: DashboardFilter, $compareWith: Comparison!, $interval: TrendInterval!, $categories: Int!, $kind: RecordKind) {
    dashboardChanged(filter: $filter) {
      ...DashboardParts
    }
  }
`, [DashboardParts]);

export type Dashboard = NonNullable<ResultOf<typeof DashboardQuery>['dashboard']>;
export type TrendPoint = NonNullable<Dashboard['trends']>[number];
export type RecentRecord = NonNullable<Dashboard['recent']>[number];
