"""The states of a forum and of its topics: who may do what, since when and until when."""
