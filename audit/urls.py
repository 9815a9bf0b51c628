from django.urls import path

from audit.views import access, entry

app_name = "audit"
urlpatterns = [
    path("access/", access.index, name="access"),
    path("entries/", entry.index, name="entries"),
]
