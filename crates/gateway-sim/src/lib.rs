//! Conekta and Mercado Pago sandboxes with a ledger and fault switches.
