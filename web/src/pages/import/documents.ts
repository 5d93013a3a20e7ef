import { RecordSums } from '../../graphql/fragments.js';
import { graphql, type ResultOf } from '../../graphql/index.js';

export const FormatParts = graphql(`
  fragment FormatParts on ImportFormat {
    amountColumn
    belowZero
    categories {
      from
      to
    }
    category
    categoryColumns
    counterpartyColumns
    currency
    currencyColumn
    currencyInHeader
    date
    dateColumn
    dateForm
    decimalSign
    encoding
    expenseColumn
    expenseFlags
    flagColumn
    guardedTexts
    headerLine
    headerText
    incomeColumn
    incomeFlags
    kind
    leaveOut
    notesColumns
    pendingColumn
    pendingValues
    quotes
    separator
    shortRows
    subtractedColumns
    thousandsSign
  }
`);

export const ImportParts = graphql(`
  fragment ImportParts on Import {
    id
    filename
    source
    state
    size
    counts {
      rows
      new
      alreadyImported
      problems
      pending
      zero
    }
    enteredCount
    revertedCount
    rowsDone
    failure
    createdAt
    createdBy {
      id
      name
    }
    committedAt
    committedBy {
      id
      name
    }
    revertedAt
    revertedBy {
      id
      name
    }
  }
`);

export const RowParts = graphql(`
  fragment RowParts on ImportRow {
    line
    cells
    verdict
    problems {
      column
      field
      message
    }
    record {
      date
      kind
      amount {
        amount
        currency
      }
      category
      counterparty
      notes
    }
  }
`);

export const Imports = graphql(`
  query Imports($after: String) {
    imports(first: 20, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...ImportParts
      }
    }
  }
`, [ImportParts]);

export const SavedFormats = graphql(`
  query SavedFormats {
    importFormats {
      name
      updatedAt
      format {
        ...FormatParts
      }
    }
  }
`, [FormatParts]);

/** Where files came from before, and what may be sent. */
export const BeforeImport = graphql(`
  query BeforeImport {
    organization {
      id
      limits {
        maxImportBytes
        maxImportNameLength
      }
    }
    imports(first: 100) {
      nodes {
        id
        source
      }
    }
  }
`);

export const Suggestion = graphql(`
  query Suggestion($sample: String!) {
    suggestImportFormat(sample: $sample) {
      format {
        ...FormatParts
      }
      questions {
        field
        candidates
        message
      }
    }
  }
`, [FormatParts]);

export const OneImport = graphql(`
  query OneImport($id: ID!) {
    import(id: $id) {
      ...ImportParts
      uploadPath
      format {
        ...FormatParts
      }
    }
  }
`, [ImportParts, FormatParts]);

/** How far it is, while the server works on it. */
export const Progress = graphql(`
  query ImportProgress($id: ID!) {
    import(id: $id) {
      ...ImportParts
    }
  }
`, [ImportParts]);

export const FirstRows = graphql(`
  query FirstRows($id: ID!) {
    import(id: $id) {
      id
      preview(first: 10) {
        ...RowParts
      }
    }
  }
`, [RowParts]);

export const Rows = graphql(`
  query ImportRows($id: ID!, $afterLine: Int, $first: Int!, $onlyProblems: Boolean!) {
    import(id: $id) {
      id
      preview(first: $first, afterLine: $afterLine, onlyProblems: $onlyProblems) {
        ...RowParts
      }
    }
  }
`, [RowParts]);

/** Enough of each row to add it up. */
export const RowAmounts = graphql(`
  query RowAmounts($id: ID!, $afterLine: Int) {
    import(id: $id) {
      id
      preview(first: 100, afterLine: $afterLine) {
        line
        verdict
        record {
          kind
          amount {
            amount
            currency
          }
        }
      }
    }
  }
`);

export const CreateImport = graphql(`
  mutation CreateImport($input: CreateImportInput!) {
    createImport(input: $input) {
      import {
        ...ImportParts
        uploadPath
        format {
          ...FormatParts
        }
      }
    }
  }
`, [ImportParts, FormatParts]);

export const UpdateImport = graphql(`
  mutation UpdateImport($input: UpdateImportInput!) {
    updateImport(input: $input) {
      import {
        ...ImportParts
        format {
          ...FormatParts
        }
        preview(first: 10) {
          ...RowParts
        }
      }
    }
  }
`, [ImportParts, FormatParts, RowParts]);

export const CommitImport = graphql(`
  mutation CommitImport($input: CommitImportInput!) {
    commitImport(input: $input) {
      import {
        ...ImportParts
      }
    }
  }
`, [ImportParts]);

export const RevertImport = graphql(`
  mutation RevertImport($input: RevertImportInput!) {
    revertImport(input: $input) {
      import {
        ...ImportParts
      }
    }
  }
`, [ImportParts]);

export const SaveFormat = graphql(`
  mutation SaveFormat($input: SaveImportFormatInput!) {
    saveImportFormat(input: $input) {
      savedFormat {
        name
        updatedAt
        format {
          ...FormatParts
        }
      }
    }
  }
`, [FormatParts]);

export const DeleteFormat = graphql(`
  mutation DeleteFormat($input: DeleteImportFormatInput!) {
    deleteImportFormat(input: $input) {
      deletedName
    }
  }
`);

export const EnteredSums = graphql(`
  query EnteredSums($filter: RecordFilter!) {
    records(first: 0, filter: $filter) {
      ...RecordSums
    }
  }
`, [RecordSums]);

export const CategoryNames = graphql(`
  query CategoryNames {
    categories(first: 100) {
      totalCount
      nodes {
        id
        name
      }
    }
  }
`);

export type Format = ResultOf<typeof FormatParts>;
export type Import = ResultOf<typeof ImportParts>;
export type Row = ResultOf<typeof RowParts>;
export type Question = NonNullable<ResultOf<typeof Suggestion>['suggestImportFormat']>['questions'][number];
export type SavedFormat = NonNullable<ResultOf<typeof SavedFormats>['importFormats']>[number];
