"""The database: rows live here and nowhere else."""
