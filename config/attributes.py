"""The attributes of an element, as Django's templates of widgets write them."""

from django.utils.html import conditional_escape


def attributes(about: dict) -> str:
    """True stands alone, False not at all, and nothing else is left out."""
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in about.items()
        if value is not False
    )
