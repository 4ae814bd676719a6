//! How a transaction says whose rows it may see.

use ports::store::Scope;

/// The statement that begins a transaction of this scope, in one round trip.
///
/// The policies of row-level security read `app.alcance`: `*` is everybody, otherwise a company's
/// id, and nothing at all is nobody.
pub(crate) fn begin_sql(scope: &Scope) -> String {
    let value = match scope {
        Scope::Platform => "*",
        // An id that would read as "everybody" is nobody's: the table refuses it.
        Scope::Tenant(tenant) if tenant.as_str() == "*" => "",
        Scope::Tenant(tenant) => tenant.as_str(),
    };
    format!("BEGIN; SET LOCAL app.alcance = {}", quote(value))
}

/// A string literal that means the same whatever `standard_conforming_strings` is set to.
fn quote(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use domain::ids::TenantId;

    use super::*;

    fn begin(id: &str) -> String {
        begin_sql(&Scope::Tenant(TenantId::parse(id).expect("an id")))
    }

    #[test]
    fn ids_stay_inside_their_literal() {
        assert_eq!(begin("EMP_1"), "BEGIN; SET LOCAL app.alcance = E'EMP_1'");
        assert_eq!(begin("';DROP"), "BEGIN; SET LOCAL app.alcance = E''';DROP'");
        assert_eq!(begin("\\'x"), "BEGIN; SET LOCAL app.alcance = E'\\\\''x'");
    }

    #[test]
    fn no_company_is_everybody() {
        assert_eq!(begin("*"), "BEGIN; SET LOCAL app.alcance = E''");
        assert_eq!(
            begin_sql(&Scope::Platform),
            "BEGIN; SET LOCAL app.alcance = E'*'"
        );
    }
}
