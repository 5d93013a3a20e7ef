//! How a file is to be read.

use serde::{Deserialize, Serialize};

/// Has an enum be one of a GraphQL schema, too, where that is wanted.
macro_rules! closed_enum {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $value:ident = $text:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
        #[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
        pub enum $name { $($(#[$of])* #[serde(rename = $text)] #[cfg_attr(feature = "graphql", graphql(name = $text))] $value,)* }

        impl $name {
            /// What it is called in JSON and in a GraphQL schema.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $text,)* }
            }
        }
    };
}

closed_enum! {
    /// How the bytes of a file are letters.
    Encoding {
        /// UTF-8, with a byte order mark or without.
        #[default]
        Utf8 = "UTF_8",
        /// Windows-1252: Western Europe. ISO 8859-1 is read as this, too: it differs only in control characters that no file means.
        Windows1252 = "WINDOWS_1252",
        /// Windows-1250: Central Europe.
        Windows1250 = "WINDOWS_1250",
        /// ISO 8859-1, read as Windows-1252.
        Iso88591 = "ISO_8859_1",
        /// ISO 8859-15: Western Europe with the euro sign.
        Iso885915 = "ISO_8859_15",
    }
}

closed_enum! {
    /// What stands between the cells of a row.
    Separator {
        /// `,`
        #[default]
        Comma = "COMMA",
        /// `;`
        Semicolon = "SEMICOLON",
        /// A tab.
        Tab = "TAB",
        /// `|`
        Pipe = "PIPE",
    }
}

closed_enum! {
    /// What stands before the decimal places of an amount.
    DecimalSign {
        /// `1234.56`
        #[default]
        Point = "POINT",
        /// `1234,56`
        Comma = "COMMA",
    }
}

closed_enum! {
    /// What stands between the thousands of an amount.
    ThousandsSign {
        /// Nothing: an amount with such a sign is a problem.
        #[default]
        None = "NONE",
        /// `1.234,56`
        Point = "POINT",
        /// `1,234.56`
        Comma = "COMMA",
        /// A blank of any kind: `1 234,56`
        Blank = "BLANK",
        /// An apostrophe: `1'234.56`
        Apostrophe = "APOSTROPHE",
    }
}

closed_enum! {
    /// In which order a date has its parts. `.`, `/`, `-` or blanks may stand between them. A time of day that follows is left out.
    DateForm {
        /// `2026-03-31`
        #[default]
        YearMonthDay = "YEAR_MONTH_DAY",
        /// `31.03.2026`, `31/3/26`
        DayMonthYear = "DAY_MONTH_YEAR",
        /// `03/31/2026`, `3/31/26`
        MonthDayYear = "MONTH_DAY_YEAR",
        /// `20260331`
        Digits = "DIGITS",
        /// `31 Mar 2026`, `31-March-26`: the month by its English name.
        DayNameYear = "DAY_NAME_YEAR",
        /// `Mar 31, 2026`: the month by its English name.
        NameDayYear = "NAME_DAY_YEAR",
    }
}

closed_enum! {
    /// Which way the money of a row went.
    KindRule {
        /// By the sign of the amount: above zero it came in, below zero it went out.
        #[default]
        Sign = "SIGN",
        /// By the sign of the amount, the other way round: above zero it went out, as in the files of most credit cards.
        InverseSign = "INVERSE_SIGN",
        /// It came in; below zero it is a refund.
        Income = "INCOME",
        /// It went out; below zero it is a refund or a credit note.
        Expense = "EXPENSE",
        /// By two columns, `incomeColumn` and `expenseColumn`, one of which has the amount.
        TwoColumns = "TWO_COLUMNS",
        /// By `flagColumn`: `incomeFlags` and `expenseFlags` say which of its values mean what.
        Flag = "FLAG",
        /// By what stands behind the amount: one of `incomeFlags` and `expenseFlags`, or `Cr` and `Dr` when both are omitted.
        Suffix = "SUFFIX",
    }
}

closed_enum! {
    /// What an amount below zero means where its sign does not say which way the money went.
    BelowZero {
        /// It came back: a refund or a credit note, which lowers the sum of its kind.
        #[default]
        Refund = "REFUND",
        /// The same as above zero: the sign only repeats which way the money went.
        Ignored = "IGNORED",
        /// That cannot be told: the row is a problem.
        Problem = "PROBLEM",
    }
}

/// A column: the text of its header; `#3` is the third one, whatever its header; `Amount#2` is the second one whose header is `Amount`.
pub type Column = String;

/// How a file of bookings is to be read. It states everything: nothing is guessed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "graphql", derive(async_graphql::InputObject, async_graphql::SimpleObject))]
#[cfg_attr(feature = "graphql", graphql(name = "ImportFormat", input_name = "ImportFormatInput"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of its own in JSON and in the schema")]
pub struct Format {
    /// How its bytes are letters; UTF-8 when omitted.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub encoding: Encoding,
    /// What stands between its cells; a comma when omitted.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub separator: Separator,
    /// Whether `"` means what stands between two of them as it is, even a separator or a line end.
    #[cfg_attr(feature = "graphql", graphql(default_with = "true"))]
    pub quotes: bool,
    /// The line that names the columns, from 1; lines before it are left out. 0: no line does, and columns are `#1`, `#2` ….
    #[cfg_attr(feature = "graphql", graphql(default_with = "1"))]
    pub header_line: i32,
    /// A text by which the line that names the columns is found, in place of its number: the first line that contains it.
    pub header_text: Option<String>,
    /// Rows whose first cell that is not empty begins with one of these texts are left out, such as those with totals.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub leave_out: Vec<String>,
    /// What stands before the decimal places of amounts; a point when omitted.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub decimal_sign: DecimalSign,
    /// What stands between the thousands of amounts; nothing when omitted.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub thousands_sign: ThousandsSign,
    /// The column of the booking date. Either this or `date`.
    pub date_column: Option<Column>,
    /// In which order dates have their parts. Years of two digits are 1970 to 2069.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub date_form: DateForm,
    /// The day of every row, as `2026-03-31`, where the file has no column for it.
    pub date: Option<String>,
    /// The column of the amount, unless there are two.
    pub amount_column: Option<Column>,
    /// Columns whose amounts are taken off the amount, such as fees and refunds.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub subtracted_columns: Vec<Column>,
    /// Which way the money of a row went; by the sign of the amount when omitted.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub kind: KindRule,
    /// What an amount below zero means unless `kind` is `SIGN` or `INVERSE_SIGN`. When omitted, a refund where `kind` is `INCOME` or `EXPENSE`, and a problem otherwise.
    pub below_zero: Option<BelowZero>,
    /// With `kind: TWO_COLUMNS`, the column of what came in.
    pub income_column: Option<Column>,
    /// With `kind: TWO_COLUMNS`, the column of what went out.
    pub expense_column: Option<Column>,
    /// With `kind: FLAG`, the column that says which way the money went.
    pub flag_column: Option<Column>,
    /// With `kind: FLAG`, its values for what came in, in capitals or not; `""` is an empty cell. With `kind: SUFFIX`, what stands behind such amounts.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub income_flags: Vec<String>,
    /// With `kind: FLAG` or `SUFFIX`, the same for what went out.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub expense_flags: Vec<String>,
    /// The column of the currency's code, in capitals or not.
    pub currency_column: Option<Column>,
    /// The code of the currency of every row, or of those whose cell is empty; the base currency of the books when omitted.
    pub currency: Option<String>,
    /// Whether the header of the amount's column has the code of the currency, as `Amount (EUR)`.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub currency_in_header: bool,
    /// The columns of the category, from the widest to the narrowest: their texts are joined by ` / `.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub category_columns: Vec<Column>,
    /// The category of every row, or of those without one.
    pub category: Option<String>,
    /// Other names for categories of the file.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub categories: Vec<CategoryName>,
    /// The columns of the notes: their texts are joined by blanks.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub notes_columns: Vec<Column>,
    /// The columns of who was paid or who paid: their texts are joined by blanks.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub counterparty_columns: Vec<Column>,
    /// A column that says that a row is not booked yet.
    pub pending_column: Option<Column>,
    /// Its values that say so; `""` is an empty cell.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub pending_values: Vec<String>,
    /// Whether rows may leave out cells at their end, or have empty ones too many there. Otherwise a row with fewer or more cells than there are columns is a problem: a separator may be missing in it, or the end of the file, or a text with a separator has no quotes.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub short_rows: bool,
    /// Whether texts are as in our own exports: they keep their lines and blanks, and the `'` in front of one that begins with `=`, `+`, `-`, `@` or `'` is taken off.
    #[cfg_attr(feature = "graphql", graphql(default))]
    pub guarded_texts: bool,
}

/// What a category of a file is called in the books.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "graphql", derive(async_graphql::InputObject, async_graphql::SimpleObject))]
#[cfg_attr(feature = "graphql", graphql(name = "ImportCategory", input_name = "ImportCategoryInput"))]
#[serde(deny_unknown_fields)]
pub struct CategoryName {
    /// Its name in the file.
    pub from: String,
    /// Its name in the books.
    pub to: String,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            encoding: Encoding::default(),
            separator: Separator::default(),
            quotes: true,
            header_line: 1,
            header_text: None,
            leave_out: Vec::new(),
            decimal_sign: DecimalSign::default(),
            thousands_sign: ThousandsSign::default(),
            date_column: None,
            date_form: DateForm::default(),
            date: None,
            amount_column: None,
            subtracted_columns: Vec::new(),
            kind: KindRule::default(),
            below_zero: None,
            income_column: None,
            expense_column: None,
            flag_column: None,
            income_flags: Vec::new(),
            expense_flags: Vec::new(),
            currency_column: None,
            currency: None,
            currency_in_header: false,
            category_columns: Vec::new(),
            category: None,
            categories: Vec::new(),
            notes_columns: Vec::new(),
            counterparty_columns: Vec::new(),
            pending_column: None,
            pending_values: Vec::new(),
            short_rows: false,
            guarded_texts: false,
        }
    }
}

impl DateForm {
    /// A day in this form.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::YearMonthDay => "2026-03-31",
            Self::DayMonthYear => "31.03.2026",
            Self::MonthDayYear => "03/31/2026",
            Self::Digits => "20260331",
            Self::DayNameYear => "31 Mar 2026",
            Self::NameDayYear => "Mar 31, 2026",
        }
    }
}

impl Separator {
    pub(crate) fn sign(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Pipe => '|',
        }
    }
}
