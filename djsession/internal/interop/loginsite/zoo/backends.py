from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend


class AnyUser(ModelBackend):
    """As healthchecks has it: get_user does not ask whether the user is active."""
    def get_user(self, user_id):
        return get_user_model().objects.filter(pk=user_id).first()


class NotBlocked(ModelBackend):
    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and user.status != "blocked"
