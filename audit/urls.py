from django.urls import path

from audit.views import access, entry, review

app_name = "audit"
urlpatterns = [
    path("access/", access.index, name="access"),
    path("access/reviews/", review.index, name="reviews"),
    path("access/reviews/<int:year>-<int:number>/", review.month, name="review"),
    path("access/reviews/<int:year>-<int:number>/sign/", review.sign, name="review_sign"),
    path("access/reviews/<int:year>-<int:number>/findings/", review.finding, name="review_finding"),
    path("entries/", entry.index, name="entries"),
]
