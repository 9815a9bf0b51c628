"""Finding the same name and the same person: keys of a name in any script, and how alike two records are.

``signs`` spells a name in Latin letters, ``sounds`` makes keys of it, ``likeness`` compares two names, and
``database`` puts the same keys into SQL. ``records``, ``weights``, ``blocks`` and ``pairs`` find the same person in a
list of records. None of them reads a row: whoever calls them says what is compared.
"""
