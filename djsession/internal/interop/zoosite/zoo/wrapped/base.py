"""A database backend that wraps one of Django's, as those of django-postgres-extra and django-prometheus do."""
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    pass
