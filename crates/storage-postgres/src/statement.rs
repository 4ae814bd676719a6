//! Statements whose type is forgotten.
//!
//! diesel checks a query while it is built; afterwards its type, which spells out every column
//! and condition, is of no further use, but would make the compiler generate and check the code
//! that runs it anew for each of the queries: minutes in all.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AsQuery, AstPass, Query, QueryFragment, QueryId};

/// Any statement that answers rows of the SQL type `ST`, or nothing.
pub(crate) struct Statement<'a, ST> {
    fragment: Box<dyn QueryFragment<Pg> + Send + 'a>,
    answers: PhantomData<fn() -> ST>,
}

impl<'a, ST> Statement<'a, ST> {
    /// A statement that answers rows.
    pub(crate) fn with_rows<Q>(query: Q) -> Self
    where
        Q: AsQuery<SqlType = ST>,
        Q::Query: QueryFragment<Pg> + Send + 'a,
    {
        Self {
            fragment: Box::new(query.as_query()),
            answers: PhantomData,
        }
    }
}

impl<'a> Statement<'a, ()> {
    /// A statement that only does something.
    pub(crate) fn without_rows(fragment: impl QueryFragment<Pg> + Send + 'a) -> Self {
        Self {
            fragment: Box::new(fragment),
            answers: PhantomData,
        }
    }
}

impl<ST> QueryFragment<Pg> for Statement<'_, ST> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.fragment.walk_ast(pass)
    }
}

impl<ST> QueryId for Statement<'_, ST> {
    // Known by its text: prepared once per connection all the same.
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Statement<'_, ST> {
    type SqlType = ST;
}
