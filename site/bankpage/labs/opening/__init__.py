"""The room in which a history is opened: offered as files, fetched, read, put on the stage."""
