"""Backends and middleware of sites' own."""
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import User
from django.contrib.sessions.middleware import SessionMiddleware


class EmailBackend(object):
    """As healthchecks has it: get_user does not ask for is_active."""

    def authenticate(self, request, username=None, password=None):
        user = User.objects.filter(email=username).first()
        return user if user and user.check_password(password) else None

    def get_user(self, pk):
        try:
            return User.objects.get(pk=pk)
        except User.DoesNotExist:
            return None


class ActiveEmailBackend(EmailBackend):
    """It asks for is_active, where no name tells."""

    def get_user(self, pk):
        return User.objects.filter(pk=pk, is_active=True).first()


class RelatedBackend(EmailBackend):
    """As healthchecks has it today."""

    def get_user(self, pk):
        return User.objects.select_related().filter(pk=pk).first()


class LockedBackend(ModelBackend):
    """It asks more than is_active."""

    def user_can_authenticate(self, user):
        return super(LockedBackend, self).user_can_authenticate(user) and not user.last_name


class HostSessionMiddleware(SessionMiddleware):
    """As pretix has it: __Host- before the name on https."""

    def process_request(self, request):
        super(HostSessionMiddleware, self).process_request(request)


class OtherUserMiddleware(AuthenticationMiddleware):
    def process_request(self, request):
        super(OtherUserMiddleware, self).process_request(request)
