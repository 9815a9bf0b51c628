from django.urls import path

from centers.views import grant, staff

app_name = "centers"
urlpatterns = [
    path("roles/", grant.index, name="grants"),
    path("roles/new/", grant.new, name="grant_new"),
    path("roles/<int:pk>/end/", grant.end, name="grant_end"),
    path("staff/", staff.index, name="staff"),
    path("staff/new/", staff.new, name="account_new"),
]
