from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.attachments import accepted
from cases.models import AttachmentKind, Client, Session
from centers.selectors import is_official


def kinds_for(viewer: User) -> QuerySet[AttachmentKind]:
    """What a file that the person adds may be."""
    kinds = AttachmentKind.objects.all()
    return kinds.filter(restricted=False) if is_official(viewer) else kinds


class AttachmentForm(forms.Form):
    """A file, what it is, and the session it came in, if it came in one."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": accepted()}),
        help_text=_("PDF, a picture or a document, up to 10 MB. It is encrypted, and deleted when its time is over."),
    )
    kind = forms.ModelChoiceField(label=_("Kind of file"), queryset=AttachmentKind.objects.none(), empty_label="—")
    session = forms.ModelChoiceField(
        label=_("From the session"), queryset=Session.objects.none(), required=False, empty_label="—"
    )

    def __init__(self, *args, viewer: User, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds_for(viewer)
        sessions = Session.objects.visible_to(viewer).filter(client=client, voided_at=None)
        self.fields["session"].queryset = sessions.order_by("-held_on", "-pk")
        if not sessions.exists():
            del self.fields["session"]
