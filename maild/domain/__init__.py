"""Ground floor: what a support desk is. Frozen values and pure functions; no clock, no file, no network."""
