"""What the agreement of a field tells: the weights of Fellegi and Sunter, in bits.

A field of two records agrees at a level. Its weight is log2(m / u): m, how often one person's two records agree so;
u, how often two people's do. A rare name tells more than a common one, so u of a value that is the same is the share
of people who have it. m stands here as judged from what clerks mistype; u of the other levels too.

I. P. Fellegi, A. B. Sunter: A Theory for Record Linkage. JASA 64 (1969).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log2

from cases.matching.records import Record

COUNTED = ("given", "surname", "born", "sex", "nationality", "phone", "number")
FEW = {"sex": 4, "nationality": 20}  # at least so many people are assumed before a share is believed
ASSUMED = 400
LEVELS = {  # m and u; u of "same" is what is assumed of a value until it has been counted
    "given": {
        "same": (0.72, 0.004), "close": (0.14, 0.008), "sound": (0.04, 0.01),
        "begun": (0.03, 0.01), "other": (0.05, 0.3), "unlike": (0.02, 0.68),
    },
    "surname": {
        "same": (0.74, 0.004), "close": (0.14, 0.008), "sound": (0.04, 0.01),
        "begun": (0.02, 0.01), "other": (0.04, 0.3), "unlike": (0.02, 0.68),
    },
    "born": {
        "same": (0.8, 0.0001), "swapped": (0.03, 0.0002), "close": (0.11, 0.003),
        "year": (0.02, 0.03), "other": (0.02, 0.97),
    },
    "sex": {"same": (0.97, 0.5), "other": (0.03, 0.5)},
    "nationality": {"same": (0.97, 0.2), "other": (0.03, 0.8)},
    "phone": {"same": (0.6, 0.0001), "close": (0.1, 0.001), "other": (0.3, 0.999)},
    "number": {"same": (0.8, 0.00005), "close": (0.1, 0.0002), "other": (0.1, 0.999)},
}  # fmt: skip
WORD = 0.01  # the share of addresses that a word is assumed to stand in
WORDS_TELL = 0.5  # words of an address come together: a street lies in one town
WORDS_MISSED = 2.5  # bits
ADDRESS_MOST = 10.0  # bits
BITS = {(name, level): log2(m / u) for name, levels in LEVELS.items() for level, (m, u) in levels.items()}
MIXED_UP = -2.0  # bits: given name and surname stand in each other's place


@dataclass(frozen=True)
class Population:
    """The people whom a pair is a pair of: how many there are, and how many share a value."""

    size: int = 0
    counts: dict[str, Counter] = field(default_factory=dict)
    words: Counter = field(default_factory=Counter)  # of addresses
    _known: dict[tuple[str, str], float] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Population":
        counts = {name: Counter() for name in COUNTED}
        size, words = 0, Counter()
        for record in records:
            size += 1
            words.update(record.address)
            for name in COUNTED:
                counts[name][getattr(record, name)] += 1
        return cls(size, counts, words)

    @property
    def prior(self) -> float:
        """Bits in favour of two records being one person before they are compared: one in five has a second record."""
        return log2(0.4 / max(self.size, 50))

    def weight(self, name: str, level: str, value: str = "") -> float:
        """Bits for a field that agrees at a level, with the value where it is the same."""
        if level != "same":
            return BITS[name, level]
        found = self._known.get((name, value))
        if found is None:
            m, u = LEVELS[name]["same"]
            found = self._known[name, value] = log2(m / self._share(name, value, u))
        return found

    def words_weight(self, shared: Iterable[str]) -> float:
        """Bits for the words that two addresses share."""
        bits = sum(map(self._word, shared))
        return min(ADDRESS_MOST, WORDS_TELL * bits - WORDS_MISSED)

    def _word(self, word: str) -> float:
        found = self._known.get(("word", word))
        if found is None:
            share = (self.words[word] + WORD * ASSUMED) / (self.size + ASSUMED)
            found = self._known["word", word] = -log2(share)
        return found

    def _share(self, name: str, value: str, assumed: float) -> float:
        counted = self.counts.get(name)
        if counted is None:
            return assumed
        least = FEW.get(name, ASSUMED)
        return min(1.0, (counted[value] + assumed * least) / (self.size + least))
