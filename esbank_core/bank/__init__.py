"""The bank: an account's commands, events, states and rules, on the kernel."""
