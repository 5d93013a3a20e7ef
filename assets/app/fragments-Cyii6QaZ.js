import{P as e}from"./ui-DjaPX_GW.js";var t=e(`
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
`);export{t};