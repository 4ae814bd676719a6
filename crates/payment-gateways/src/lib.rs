//! Conekta and Mercado Pago behind the payment port.
