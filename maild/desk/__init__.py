"""What maild does with a letter, a deadline, a reply: one verb a file."""
