//! The rows of all tables as text, to see whether anything changed.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::TestApp;

/// By table, its rows in a fixed order.
pub type Rows = BTreeMap<String, Vec<String>>;

impl TestApp {
    /// Every row of every table.
    pub async fn rows(&self) -> Rows {
        let postgres = self.db().backend() == DbBackend::Postgres;
        let tables = if postgres {
            // A partitioned table holds the rows of its partitions.
            "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace \
             AND relkind IN ('r', 'p') AND NOT relispartition"
        } else {
            // The index of searches is no table of ours, but looks like some.
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
             AND name NOT GLOB 'record_texts*'"
        };
        let mut rows = Rows::new();
        for table in self.texts(tables).await {
            let all = if postgres {
                format!("SELECT t::text FROM \"{table}\" AS t ORDER BY 1")
            } else {
                let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                let values: Vec<_> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
                format!("SELECT {} FROM \"{table}\" ORDER BY 1", values.join(" || ',' || "))
            };
            rows.insert(table, self.texts(&all).await);
        }
        rows
    }

    /// The first column of what `query` finds.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        let statement = Statement::from_string(self.db().backend(), query);
        let rows = self.db().read().query_all_raw(statement).await.expect("a query that works");
        rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
    }
}
