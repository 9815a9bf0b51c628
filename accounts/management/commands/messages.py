from pathlib import Path

from django.core.management.commands import makemessages

from accounts.catalogues import compile_catalogues, tidy

LANGUAGES = ("ko", "en", "vi", "zh_Hans")
WITHOUT_STRINGS = (".venv", "var", "staticfiles", "tests", "deploy")


class Command(makemessages.Command):
    help = "Rewrite the message catalogues in locale/ from the code and the templates. Needs GNU gettext."
    # ``now`` is gettext in a module where ``_`` is gettext_lazy.
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=now"]
    # A sentence that changed is translated anew, not guessed from one that looks like it.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(
            locale=[*LANGUAGES],
            ignore_patterns=[*WITHOUT_STRINGS],
            no_location=True,
            no_wrap=True,
            no_obsolete=True,
            verbosity=0,
        )

    def handle(self, *args, **options):
        super().handle(*args, **options)
        missing = {name: tidy(path) for name in LANGUAGES if (path := self._catalogue(name)).exists()}
        compile_catalogues()
        for name, number in missing.items():
            if number and name != "en":  # English is the language of the code
                self.stderr.write(f"{name}: {number} to translate.")

    def _catalogue(self, name: str) -> Path:
        return Path(self.default_locale_path) / name / "LC_MESSAGES" / f"{self.domain}.po"
