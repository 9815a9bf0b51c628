from django.urls import path

from cases.views import activity, client, client_list, deadline, search, session, session_new, stay

app_name = "cases"
urlpatterns = [
    path("sessions/", session.index, name="sessions"),
    path("sessions/new/", session_new.new, name="session_new"),
    path("sessions/<int:pk>/", session.detail, name="session"),
    path("sessions/<int:pk>/deadline/", deadline.new, name="deadline_new"),
    path("deadlines/<int:pk>/done/", deadline.done, name="deadline_done"),
    path("deadlines/<int:pk>/later/", deadline.later, name="deadline_later"),
    path("clients/", client_list.index, name="clients"),
    path("clients/<int:pk>/", client.detail, name="client"),
    path("search/", search.index, name="search"),
    path("stays/", stay.index, name="stays"),
    path("stays/<int:pk>/", stay.detail, name="stay"),
    path("activities/", activity.index, name="activities"),
    path("activities/<int:pk>/", activity.detail, name="activity"),
]
