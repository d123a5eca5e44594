"""The question hour: questions that wait, are voted on, merged, put on the stage and answered."""
