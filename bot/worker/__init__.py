"""Search in a process of its own, so that what kills or hangs it ends nothing else."""
