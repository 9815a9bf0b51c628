from datetime import date

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, include, path, reverse

from accounts.models import User
from cases import urls as cases
from cases.timeline import Entry
from config.urls import *  # noqa: F403  (the whole site, and its handlers)
from config.urls import urlpatterns as site


class SampleForm(forms.Form):
    name = forms.CharField(label="이름", help_text="신분증에 적힌 그대로 적습니다.")
    code = forms.CharField(label="우편번호", required=False, widget=forms.TextInput(attrs={"size": 6}))
    day = forms.DateField(label="날짜", widget=forms.DateInput(attrs={"type": "date"}))
    topic = forms.ChoiceField(label="유형", choices=[("", "고르세요"), ("1", "임금"), ("2", "체류")])
    way = forms.ChoiceField(label="경로", choices=[("1", "내방"), ("2", "전화")], widget=forms.RadioSelect)
    note = forms.CharField(label="내용", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    told = forms.BooleanField(label="개인정보 처리 안내를 했습니다", required=False)


FACTS = [("국적", "베트남"), ("체류자격", "E-9"), ("생년월일", date(1994, 3, 2)), ("전화", "")]
EVENTS = [
    Entry("session", date(2025, 10, 14), 1, "체류기간 연장 서류 안내", url="#", workspace="전주시센터"),
    Entry("visa", date(2025, 8, 2), 2, "허가", "법무부 통보", workspace="도청"),
    Entry("session", date(2025, 3, 20), 3, "체류기간", workspace="전주시센터", mark="취소"),
]
SUBTABS = [
    {"name": "모두", "url": "#1", "current": True, "count": 48},
    {"name": "상담", "url": "#2", "current": False, "count": 31},
    {"name": "비자·바우처", "url": "#3", "current": False, "count": None},
]
# In the scripts of the people who come: whether a name shows, and has room above and below its line.
SCRIPTS = [
    ("km", "សុខ វិសាល"), ("th", "สมชาย ใจดี"), ("ne", "राम थापा"), ("my", "အောင်မင်းထွန်း"), ("si", "සුනිල් පෙරේරා"),
    ("lo", "ສົມໄຊ ພົມມະຈັນ"), ("bn", "রহিম উদ্দিন"), ("uz-Cyrl", "Каримов Нодир Ўткирович"), ("mn", "Бат-Эрдэнэ Өлзий"),
    ("vi", "Nguyễn Thị Ánh"), ("zh", "样本 张芳"), ("ja", "見本 花子"), ("ur", "محمد علی"), ("ta", "முருகன்"),
    ("ka", "გიორგი"), ("am", "አበበ"), ("ru", "Цой Виктор"), ("ko", "데모장팡"),
]  # fmt: skip


def style(request):
    filled = SampleForm({"day": "soon", "way": "9", "name": "x" * 3}, auto_id="wrong_%s")
    context = {
        "form": SampleForm(), "wrong": filled, "facts": FACTS, "events": EVENTS, "subtabs": SUBTABS,
        "crumbs": [("내담자", "#"), ("전주시센터 · 123", "#")], "scripts": SCRIPTS,
        "today": date(2025, 12, 31),
        "figures": [{"label": "상담 건수", "value": "2,475", "url": "#", "note": "지난달 같은 날까지 2,463"},
                    {"label": "이용률", "value": "28.3 %"}],
        "definitions": [("상담 건수", "무효 상담을 뺀 건수입니다."), ("이용률", "숙박을 수용 가능 일수로 나눕니다.")],
    }  # fmt: skip
    return render(request, "style.html", context)


def confirm(request):
    context = {
        "title": "파일 합치기", "sentence": "두 파일을 하나로 합칩니다.", "action": "합치기", "bad": True,
        "consequences": ["상담 기록은 모두 남습니다.", "30일 안에 되돌릴 수 있습니다."], "back": "/style/",
    }  # fmt: skip
    return render(request, "confirm.html", context)


def fail(request, how):
    raise {"400": SuspiciousOperation, "403": PermissionDenied, "404": Http404, "500": RuntimeError}[how]("sample")


def taken(request):
    """Break a rule of the database, with something typed."""
    User.objects.create(username=request.user.username)
    return HttpResponse("never")


def empty(request):
    return HttpResponse()


def missing(*names: str) -> list:
    """Routes of pages that the frame leads to, where the site has them not yet."""
    found = []
    for name in names:
        try:
            reverse(f"cases:{name}", urlconf="config.urls")
        except NoReverseMatch:
            found.append(path(f"{name}/", empty, name=name))
    return found


urlpatterns = [
    path("style/", style, name="style"),
    path("style/confirm/", confirm),
    path("style/taken/", taken),
    path("style/<str:how>/", login_not_required(fail)),
    *(entry for entry in site if getattr(entry, "app_name", "") != "cases"),
    path("", include(([*cases.urlpatterns, *missing("search", "session_new")], "cases"))),
]
