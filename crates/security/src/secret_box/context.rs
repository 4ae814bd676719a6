//! The place of a secret as associated data.

use ports::security::SecretContext;

/// Distinguishes this encoding from any later one.
const VERSION: &[u8] = b"secret at rest, v1";

/// The place in a form that two different places never share: each part is led by its length.
pub(super) fn associated_data(context: &SecretContext) -> Vec<u8> {
    let parts = [
        VERSION,
        context.table.as_bytes(),
        context.column.as_bytes(),
        context.tenant_id.as_str().as_bytes(),
        context.row.as_bytes(),
    ];
    let mut data = Vec::new();
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        data.extend_from_slice(&length.to_be_bytes());
        data.extend_from_slice(part);
    }
    data
}

#[cfg(test)]
mod tests {
    use domain::ids::TenantId;

    use super::*;

    #[test]
    fn parts_cannot_flow_into_one_another() {
        let context = |column, row: &str| SecretContext {
            table: "routers",
            column,
            tenant_id: TenantId::parse("EMP_1").unwrap(),
            row: row.to_owned(),
        };
        assert_ne!(
            associated_data(&context("ab", "c")),
            associated_data(&context("a", "bc"))
        );
    }
}
