import { graphql } from './index.js';

/** What records come to, a part for each currency. */
export const RecordSums = graphql(`
  fragment RecordSums on RecordConnection {
    totalCount
    summaries {
      recordCount
      income {
        amount
        currency
      }
      expenses {
        amount
      }
      net {
        amount
      }
    }
  }
`);
