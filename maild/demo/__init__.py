"""`maild demo`: the whole desk on loopback. Needs the extra `demo` (pymap and aiosmtpd), nothing installed by hand."""
