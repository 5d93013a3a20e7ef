import { useQuery } from 'urql';
import { graphql, type ResultOf } from '../graphql/index.js';

const Organization = graphql(`
  query Organization {
    organization {
      id
      name
      baseCurrency
      financialYearStart
      weekStart
      closedThrough
      version
      explorerPath
      currencies(inUse: true) {
        code
        name
        fractionDigits
      }
    }
    me {
      id
      name
    }
  }
`);

export type Organization = NonNullable<ResultOf<typeof Organization>['organization']>;

/** Whose books these are, for who is signed in; null while that is on its way. */
export function useOrganization(): Organization | null {
  const [{ data }] = useQuery({ query: Organization, requestPolicy: 'cache-first' });
  return data?.organization ?? null;
}

/** What the viewer is called now: an admin may have changed it since they signed in. */
export function useOwnName(): string | null {
  const [{ data }] = useQuery({ query: Organization, requestPolicy: 'cache-first' });
  return data?.me?.name ?? null;
}

const Currencies = graphql(`
  query Currencies {
    organization {
      id
      baseCurrency
      currencies {
        code
        name
        fractionDigits
      }
    }
  }
`);

export type Currency = NonNullable<NonNullable<ResultOf<typeof Currencies>['organization']>['currencies']>[number];

/** All currencies that there are, with their decimal places, for forms; empty while they are on their way. */
export function useCurrencies(): readonly Currency[] {
  const [{ data }] = useQuery({ query: Currencies, requestPolicy: 'cache-first' });
  return data?.organization?.currencies ?? [];
}
