from django.urls import path

from cases.views import (
    activity,
    client,
    client_edit,
    client_find,
    client_list,
    deadline,
    draft,
    search,
    session,
    session_new,
    stay,
)

app_name = "cases"
urlpatterns = [
    path("sessions/", session.index, name="sessions"),
    path("sessions/new/", session_new.new, name="session_new"),
    path("sessions/<int:pk>/", session.detail, name="session"),
    path("drafts/save/", draft.save, name="draft_save"),
    path("drafts/<uuid:token>/", draft.versions, name="draft"),
    path("drafts/<uuid:token>/discard/", draft.discard, name="draft_discard"),
    path("drafts/<uuid:token>/restore/", draft.restore, name="draft_restore"),
    path("sessions/<int:pk>/deadline/", deadline.new, name="deadline_new"),
    path("deadlines/<int:pk>/done/", deadline.done, name="deadline_done"),
    path("deadlines/<int:pk>/later/", deadline.later, name="deadline_later"),
    path("clients/", client_list.index, name="clients"),
    path("clients/new/", client_edit.new, name="client_new"),
    path("clients/likely/", client_edit.likely, name="client_likely"),
    path("clients/<int:pk>/edit/", client_edit.edit, name="client_edit"),
    path("clients/find/", client_find.find, name="client_find"),
    path("clients/<int:pk>/", client.detail, name="client"),
    path("search/", search.index, name="search"),
    path("stays/", stay.index, name="stays"),
    path("stays/<int:pk>/", stay.detail, name="stay"),
    path("activities/", activity.index, name="activities"),
    path("activities/<int:pk>/", activity.detail, name="activity"),
]
