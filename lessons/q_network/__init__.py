"""A network in place of the table: double Q-learning with replay balances a pole."""
