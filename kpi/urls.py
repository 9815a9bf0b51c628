from django.urls import path

from kpi.views import proposal, published
from kpi.views import sheet as views

app_name = "kpi"
urlpatterns = [
    path("", views.sheet, name="sheet"),
    path("<int:year>/", views.sheet, name="sheet"),
    path("<int:year>/counselling/", views.counselling, name="counselling"),
    path("<int:year>/sheet.xlsx", views.sheet_xlsx, name="sheet_xlsx"),
    path("<int:year>/figures/<slug:code>/", views.figure, name="figure"),
    path("<int:year>/figures/<slug:code>/enter/", views.figure_enter, name="figure_enter"),
    path("proposals/", proposal.index, name="proposals"),
    path("proposals/new/", proposal.new, name="proposal_new"),
    path("proposals/<int:pk>/", proposal.detail, name="proposal"),
    path("published/", published.index, name="published"),
    path("published/new/", published.new, name="published_new"),
    path("evidence/<str:key>/", views.evidence, name="evidence"),
]
