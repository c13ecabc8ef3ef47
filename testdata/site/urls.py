"""Who is logged in at /, Django's admin at /admin/ (alice may enter), a shelf of the shop at /shop-django/, and pages that
reset a password at /accounts/."""
from django.contrib import admin
from django.http import JsonResponse

try:
    from django.urls import include, re_path
except ImportError:  # Django 1.11
    from django.conf.urls import include, url as re_path

from shop import shop


def who(request):
    return JsonResponse({"user": request.user.get_username(), "names": sorted(request.session.keys())})


urlpatterns = [
    re_path(r"^$", who),
    re_path(r"^accounts/", include("django.contrib.auth.urls")),
    re_path(r"^admin/", admin.site.urls),
    re_path(r"^shop-django/$", shop),
]
