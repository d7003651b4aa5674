"""The live ledger: the only history that takes commands, and the one that the browser keeps."""
