"""The stage: what looks at any history, whoever wrote it, up to where the slider stands."""
