"""One day of a hub in one process without Faust: everything that changes what survives a crash."""
