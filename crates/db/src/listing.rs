//! Lists whose conditions and order the client chooses.
//!
//! A list declares once which fields may be asked for ([`Spec`]); a [`Query`] is turned into SQL
//! here and nowhere else, with every value bound. What the caller may see is added by the noun's
//! own file with [`Listing::and`], so that counts and pages are cut by the same condition.
//!
//! A page is found in two steps inside one statement: first the keys, from the narrowest index,
//! then the rows. A page behind the middle is read from the end, so that no page is further
//! away than half of the list.

use jiff::Timestamp as Moment;
use minato_types::query::{Pattern, Query};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::dialect::{Raw, bounded, row};
use crate::{Conn, Error, Result};

/// What a list is made of.
pub(crate) struct Spec {
    /// The table that has a row for each entry, with its alias: `project p`.
    pub(crate) base: &'static str,
    /// That table and what is joined to it for showing an entry.
    pub(crate) from: &'static str,
    /// What is selected of it.
    pub(crate) columns: &'static str,
    /// The unique key of the base table: `p.id`.
    pub(crate) key: &'static str,
    /// What may be asked for and sorted by.
    pub(crate) fields: &'static [Field],
    /// The order when none is asked for, as `ORDER BY` has it, the key last.
    pub(crate) order: &'static [(&'static str, bool)],
}

/// A field of a list.
pub(crate) struct Field {
    /// In the spelling of [`minato_types::query::key`].
    pub(crate) name: &'static str,
    /// Its expression over the base table.
    pub(crate) sql: &'static str,
    pub(crate) kind: Kind,
    /// Whether an index makes sorting by it cheap.
    pub(crate) sortable: bool,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    /// Microseconds since the epoch.
    Time,
    Flag,
}

/// A bound value.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    Text(String),
    Int(i64),
    Flag(bool),
}

/// Which entries of a list are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Most entries.
    pub limit: i64,
    /// How many stand before the first.
    pub offset: i64,
}

/// Up to here lists are counted anew each time.
const LARGE: i64 = 50_000;

/// A list under conditions.
pub(crate) struct Listing {
    spec: &'static Spec,
    conditions: Vec<String>,
    args: Vec<Arg>,
    order: Vec<(&'static str, bool)>,
}

row! {
    struct Number { n: i64 }
}

impl Listing {
    /// All entries that `query` asks for. Keys that the list does not know are ignored, as in
    /// Harbor.
    pub(crate) fn new(spec: &'static Spec, query: &Query) -> Result<Self> {
        let mut listing = Self { spec, conditions: Vec::new(), args: Vec::new(), order: order(spec, query) };
        for condition in &query.conditions {
            if let Some(field) = spec.fields.iter().find(|field| field.name == condition.key) {
                listing.ask(field, &condition.pattern)?;
            }
        }
        Ok(listing)
    }

    /// Adds a condition; each `?` in it stands for the next of `args`.
    pub(crate) fn and(&mut self, sql: &str, args: impl IntoIterator<Item = Arg>) {
        let mut args = args.into_iter();
        let mut text = String::with_capacity(sql.len() + 8);
        for part in sql.split_inclusive('?') {
            match (part.strip_suffix('?'), args.next()) {
                (Some(before), Some(arg)) => {
                    text.push_str(before);
                    text.push_str(&self.bind(arg));
                }
                _ => text.push_str(part),
            }
        }
        self.conditions.push(text);
    }

    /// Adds the condition that an expression is one of these; of none nothing is.
    pub(crate) fn and_any(&mut self, sql: &str, args: impl IntoIterator<Item = Arg>) {
        let markers: Vec<String> = args.into_iter().map(|arg| self.bind(arg)).collect();
        let list = if markers.is_empty() { "NULL".to_owned() } else { markers.join(", ") };
        self.conditions.push(format!("{sql} IN ({list})"));
    }

    fn bind(&mut self, arg: Arg) -> String {
        self.args.push(arg);
        format!("${}", self.args.len())
    }

    fn ask(&mut self, field: &Field, pattern: &Pattern) -> Result<()> {
        let sql = field.sql;
        match pattern {
            Pattern::Equal(text) => {
                let arg = field.value(text)?;
                self.and(&format!("{sql} = ?"), [arg]);
            }
            Pattern::Contains(text) if field.kind == Kind::Text => self.and_contains(sql, text),
            Pattern::Between(least, most) => self.and_range(field, (least, ">="), (most, "<="))?,
            Pattern::Beyond(above, below) => self.and_range(field, (above, ">"), (below, "<"))?,
            Pattern::AnyOf(texts) | Pattern::AllOf(texts) if texts.is_empty() => self.and("FALSE", []),
            Pattern::AnyOf(texts) => {
                let markers = texts.iter().map(|text| Ok(self.bind(field.value(text)?)));
                let markers = markers.collect::<Result<Vec<_>>>()?.join(", ");
                self.conditions.push(format!("{sql} IN ({markers})"));
            }
            Pattern::Contains(_) | Pattern::AllOf(_) => {
                return Err(Error::Query(format!("`{}` can't be asked for like this", field.name)));
            }
        }
        Ok(())
    }

    /// Asks that a text contains another, in upper or lower case.
    pub(crate) fn and_contains(&mut self, sql: &str, part: &str) {
        // SQLite means this by LIKE, and does it in half the time that it takes with `lower`.
        self.and(&format!("{sql} ILIKE ? ESCAPE '\\'"), [Arg::Text(contains(part))]);
    }

    fn and_range(
        &mut self,
        field: &Field,
        (least, above): (&Option<String>, &str),
        (most, below): (&Option<String>, &str),
    ) -> Result<()> {
        for (end, operator) in [(least, above), (most, below)] {
            if let Some(text) = end {
                let arg = field.value(text)?;
                self.and(&format!("{} {operator} ?", field.sql), [arg]);
            }
        }
        Ok(())
    }

    fn filter(&self) -> String {
        if self.conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.conditions.join(" AND "))
        }
    }

    /// How many entries there are. Of a list of more than [`LARGE`] entries it may be told a
    /// second late: counting takes as long as the list is, and nobody counts after us.
    pub(crate) async fn count(&self, conn: &mut Conn) -> Result<i64> {
        let sql = format!("SELECT COUNT(*) AS n FROM {}{}", self.spec.base, self.filter());
        let key = format!("{sql} {:?}", self.args);
        if let Some(known) = conn.shared.totals.get(&key) {
            return Ok(known);
        }
        let rows = fetch::<Number>(conn, sql, &self.args).await?;
        let total = rows.first().map_or(0, |row| row.n);
        if total > LARGE {
            conn.shared.totals.insert(key, total);
        }
        Ok(total)
    }

    /// A window of the entries; `total` is what [`count`](Self::count) told.
    pub(crate) async fn page<R: Readable>(
        &self,
        conn: &mut Conn,
        window: Window,
        total: i64,
    ) -> Result<Vec<R>> {
        let length = window.limit.min(total.saturating_sub(window.offset));
        if length <= 0 {
            return Ok(Vec::new());
        }
        let behind = total - window.offset - length;
        let reversed = behind < window.offset;
        let offset = if reversed { behind } else { window.offset };
        let order = self.order_by(reversed);
        let Spec { base, from, columns, key, .. } = self.spec;
        let sql = format!(
            "SELECT {columns} FROM {from} WHERE {key} IN
                (SELECT {key} FROM {base}{} ORDER BY {order} LIMIT ${} OFFSET ${})
             ORDER BY {order}",
            self.filter(),
            self.args.len() + 1,
            self.args.len() + 2
        );
        let args = [self.args.clone(), vec![Arg::Int(length), Arg::Int(offset)]].concat();
        let mut rows = fetch(conn, sql, &args).await?;
        if reversed {
            rows.reverse();
        }
        Ok(rows)
    }

    /// The whole list in one go: how many there are, and the window.
    pub(crate) async fn read<R: Readable>(&self, conn: &mut Conn, window: Window) -> Result<(Vec<R>, i64)> {
        let total = self.count(conn).await?;
        Ok((self.page(conn, window, total).await?, total))
    }

    fn order_by(&self, reversed: bool) -> String {
        let one = |(sql, descending): &(&str, bool)| {
            format!("{sql} {}", if *descending == reversed { "ASC" } else { "DESC" })
        };
        self.order.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// The asked order, made total by the key.
fn order(spec: &'static Spec, query: &Query) -> Vec<(&'static str, bool)> {
    let known = query.order.iter().filter_map(|order| {
        let field = spec.fields.iter().find(|field| field.sortable && field.name == order.key)?;
        Some((field.sql, order.descending))
    });
    let mut order: Vec<_> = known.collect();
    match order.last() {
        None => spec.order.to_vec(),
        Some((_, descending)) => {
            let descending = *descending;
            order.push((spec.key, descending));
            order
        }
    }
}

impl Field {
    /// The value as the column has it.
    fn value(&self, text: &str) -> Result<Arg> {
        let wrong =
            |expected: &str| Error::Query(format!("`{}` is `{text}`, expected {expected}", self.name));
        match self.kind {
            Kind::Text => Ok(Arg::Text(text.to_owned())),
            Kind::Int => text.parse().map(Arg::Int).map_err(|_| wrong("a number")),
            Kind::Flag => match text {
                "true" | "1" => Ok(Arg::Flag(true)),
                "false" | "0" => Ok(Arg::Flag(false)),
                _ => Err(wrong("`true` or `false`")),
            },
            Kind::Time => {
                let moment = moment(text).ok_or_else(|| wrong("a time like `2026-01-31T12:00:00`"))?;
                Ok(Arg::Int(moment.as_microsecond()))
            }
        }
    }
}

/// A time with or without its zone (then UTC), or seconds since the epoch.
fn moment(text: &str) -> Option<Moment> {
    let text = text.replacen(' ', "T", 1);
    let seconds = || text.parse::<i64>().ok().and_then(|seconds| Moment::from_second(seconds).ok());
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok()).or_else(seconds)
}

/// The `LIKE` pattern for text that contains `part`.
pub(crate) fn contains(part: &str) -> String {
    let escaped = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// A row that both drivers can read.
pub(crate) trait Readable:
    for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin
{
}

impl<R> Readable for R where
    R: for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin
{
}

/// Runs a text that was put together here.
pub(crate) async fn fetch<R: Readable>(conn: &mut Conn, sql: String, args: &[Arg]) -> Result<Vec<R>> {
    macro_rules! bound {
        ($sql:expr) => {{
            let mut query = sqlx::query_as::<_, R>(AssertSqlSafe($sql));
            for arg in args.iter().cloned() {
                query = match arg {
                    Arg::Text(text) => query.bind(text),
                    Arg::Int(number) => query.bind(number),
                    Arg::Flag(flag) => query.bind(flag),
                };
            }
            query
        }};
    }
    let rows = match conn.raw() {
        // Values are bound, so this only meets what `and_contains` wrote.
        Raw::Sqlite(raw) => bound!(sql.replace(" ILIKE ", " LIKE ")).fetch_all(raw).await,
        // Planned for these values each time. After a few times PostgreSQL would plan for any, and
        // look at all artifacts of a repository where a filter leaves ten.
        Raw::Postgres(raw) => bounded(async { bound!(sql).persistent(false).fetch_all(raw).await }).await,
    };
    rows.map_err(Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let micros = |text| moment(text).map(Moment::as_microsecond);
        let noon = Some(1_769_860_800_000_000);
        assert_eq!(micros("2026-01-31T12:00:00"), noon);
        assert_eq!(micros("2026-01-31 12:00:00"), noon);
        assert_eq!(micros("2026-01-31T13:00:00+01:00"), noon);
        assert_eq!(micros("1769860800"), noon);
        assert_eq!(micros("yesterday"), None);
    }

    #[test]
    fn wildcards_are_taken_literally() {
        assert_eq!(contains("A_b%"), "%A\\_b\\%%");
    }
}
