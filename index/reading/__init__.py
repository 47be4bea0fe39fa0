"""From the files of a seeds folder to texts, theses and sentences; ``index.seeds`` is the door."""
