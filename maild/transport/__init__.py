"""The two wires: IMAP in, SMTP out."""
