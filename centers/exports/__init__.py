"""Lists written to files: asked for on a page, written by a worker, kept encrypted for a day."""
