"""A session engine for Django that saves only the names a request changed.

    SESSION_ENGINE = "merging_sessions"

Django's own engine writes the whole session back, so that of two requests at once the one that saves last undoes what the other
changed. This is the other half of djsession's Options.Merge: with both, Go and Django may change different names of one session at the
same time and nothing is lost. The table and its contents are Django's own; the engine can be taken out again at any time.
"""

import copy

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import router, transaction


class SessionStore(db.SessionStore):  # the class name is part of the signature: keep it
    _before = None  # what the session held when it was read

    def load(self):
        data = super().load()
        self._before = copy.deepcopy(data)
        return data

    def save(self, must_create=False):
        if must_create or self.session_key is None or self._before is None:
            super().save(must_create)
        else:
            self._merge()
        self._before = copy.deepcopy(self._session)

    def _merge(self):
        using = router.db_for_write(self.model)
        with transaction.atomic(using=using):
            row = self.model.objects.using(using).select_for_update().filter(session_key=self.session_key).first()
            if row is None:
                raise UpdateError  # deleted meanwhile: a logout is never undone
            stored, mine, before = self.decode(row.session_data), self._session, self._before
            for name in before.keys() - mine.keys():
                stored.pop(name, None)
            for name, value in mine.items():
                if name not in before or before[name] != value:
                    stored[name] = value
            self._session_cache = stored
            super().save()
