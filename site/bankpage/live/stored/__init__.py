"""How the ledger stands in localStorage: keys, values, segments; read and written purely."""
