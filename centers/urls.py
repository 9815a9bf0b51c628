from django.urls import path

from centers.views import export, grant, separation, staff

app_name = "centers"
urlpatterns = [
    path("exports/", export.index, name="exports"),
    path("exports/new/<str:code>/", export.new, name="export_new"),
    path("exports/<int:pk>/", export.detail, name="export"),
    path("exports/<int:pk>/progress/", export.progress, name="export_progress"),
    path("exports/<int:pk>/cancel/", export.cancel, name="export_cancel"),
    path("exports/<int:pk>/file/", export.download, name="export_download"),
    path("roles/", grant.index, name="grants"),
    path("roles/new/", grant.new, name="grant_new"),
    path("roles/<int:pk>/end/", grant.end, name="grant_end"),
    path("roles/apart/", separation.index, name="separations"),
    path("roles/apart/new/", separation.new, name="separation_new"),
    path("roles/apart/<slug:code>/", separation.edit, name="separation_edit"),
    path("roles/apart/<slug:code>/withdraw/", separation.withdraw, name="separation_withdraw"),
    path("staff/", staff.index, name="staff"),
    path("staff/new/", staff.new, name="account_new"),
    path("staff/<int:pk>/password/", staff.password, name="account_password"),
]
