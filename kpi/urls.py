from django.urls import path
from django.http import HttpResponse

app_name = "kpi"
urlpatterns = [path("", lambda r: HttpResponse(""), name="sheet")]
