"""A Jeonbuk that nobody lives in: people, families, cases and sessions made by a seed.

The same seed, arguments and day give the same rows. Names say that they are samples, telephone numbers are of a block
that is never given out, and registration numbers fail their check digit. Only orders of size follow published tables,
and each place that does so names its source; splits that no table gives are made up.
"""
