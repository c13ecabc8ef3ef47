"""Who is logged in at /, Django's admin at /admin/ (alice may enter), and a shelf of the shop at /shop-django/."""
from django.contrib import admin
from django.http import JsonResponse

try:
    from django.urls import re_path
except ImportError:  # Django 1.11
    from django.conf.urls import url as re_path

from shop import shop


def who(request):
    return JsonResponse({"user": request.user.get_username(), "names": sorted(request.session.keys())})


urlpatterns = [re_path(r"^$", who), re_path(r"^admin/", admin.site.urls), re_path(r"^shop-django/$", shop)]
