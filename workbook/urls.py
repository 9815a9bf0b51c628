from django.urls import path

from workbook.views import semester

app_name = "workbook"
urlpatterns = [
    path("semesters/", semester.index, name="semesters"),
    path("semesters/empty.xlsx", semester.empty, name="semester_empty"),
    path("semesters/filled/", semester.filled, name="semester_filled"),
    path("semesters/<int:pk>/", semester.detail, name="semester"),
    path("semesters/<int:pk>/write/", semester.write, name="semester_write"),
    path("semesters/<int:pk>/leave/", semester.leave, name="semester_leave"),
]
