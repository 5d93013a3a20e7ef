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

/** What is known of a file as a whole. */
const FileParts = graphql(`
  fragment FileParts on Import {
    columns
    summaries {
      income {
        amount
        currency
      }
      expenses {
        amount
      }
    }
    format {
      ...FormatParts
    }
  }
`, [FormatParts]);

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
      ...FileParts
      uploadPath
    }
  }
`, [ImportParts, FileParts]);

/** What is known of it once its file has arrived. */
export const Arrived = graphql(`
  query ImportArrived($id: ID!) {
    import(id: $id) {
      ...ImportParts
      ...FileParts
    }
  }
`, [ImportParts, FileParts]);

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

export const RowVerdicts = graphql(`
  query RowVerdicts($id: ID!, $afterLine: Int) {
    import(id: $id) {
      id
      preview(first: 100, afterLine: $afterLine) {
        line
        verdict
      }
    }
  }
`);

export const CreateImport = graphql(`
  mutation CreateImport($input: CreateImportInput!) {
    createImport(input: $input) {
      import {
        ...ImportParts
        ...FileParts
        uploadPath
      }
    }
  }
`, [ImportParts, FileParts]);

export const UpdateImport = graphql(`
  mutation UpdateImport($input: UpdateImportInput!) {
    updateImport(input: $input) {
      import {
        ...ImportParts
        ...FileParts
        preview(first: 10) {
          ...RowParts
        }
      }
    }
  }
`, [ImportParts, FileParts, RowParts]);

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
/** With what is known of its file. */
export type FileImport = Import & ResultOf<typeof FileParts>;
export type Row = ResultOf<typeof RowParts>;
export type Question = NonNullable<ResultOf<typeof Suggestion>['suggestImportFormat']>['questions'][number];
export type SavedFormat = NonNullable<ResultOf<typeof SavedFormats>['importFormats']>[number];
