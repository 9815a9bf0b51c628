from django.urls import path

from cases.views import client, session

app_name = "cases"
urlpatterns = [
    path("sessions/", session.index, name="sessions"),
    path("sessions/<int:pk>/", session.detail, name="session"),
    path("clients/<int:pk>/", client.detail, name="client"),
]
