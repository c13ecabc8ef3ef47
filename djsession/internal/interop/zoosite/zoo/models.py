"""User models as sites have them, all in one project: AUTH_USER_MODEL says which of them is the site's."""
from __future__ import unicode_literals

import base64
import uuid

from django.contrib.auth.models import AbstractBaseUser, AbstractUser, BaseUserManager, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac


class Manager(BaseUserManager):
    def create_user(self, name, email=None, password=None, **more):
        user = self.model(**dict({self.model.USERNAME_FIELD: name}, **more))
        user.set_password(password)
        user.save(using=self._db)
        return user


class NoActive(AbstractBaseUser):
    email = models.EmailField(unique=True)
    objects = Manager()
    USERNAME_FIELD = "email"


class Account(AbstractUser):
    pass


class Inherited(Account):
    nick = models.CharField(max_length=10, default="")
    objects = UserManager()


class InheritedTwice(Inherited):
    objects = UserManager()


class Proxied(Account):
    objects = UserManager()

    class Meta:
        proxy = True


class Person(models.Model):
    name = models.CharField(max_length=10)


class OneToOne(AbstractBaseUser):
    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE)
    email = models.EmailField(unique=True)
    objects = Manager()
    USERNAME_FIELD = "email"


class OwnHash(AbstractUser):
    token = models.CharField(max_length=32, default="abc")

    def get_session_auth_hash(self):
        return salted_hmac("zoo.OwnHash", self.password + self.token).hexdigest()


class Alive(UserManager):
    def get_queryset(self):
        return super(Alive, self).get_queryset().filter(deleted_at=None, tenant="it's 100% \u00e9", robot=False)


class SoftDeleted(AbstractUser):
    deleted_at = models.DateTimeField(null=True)
    tenant = models.CharField(max_length=20, default="it's 100% \u00e9")
    robot = models.BooleanField(default=False)
    objects = Alive()
    everyone = UserManager()


class Employed(UserManager):
    def get_queryset(self):
        return super(Employed, self).get_queryset().filter(employer__name="us")


class Employee(AbstractUser):
    employer = models.ForeignKey(Person, null=True, on_delete=models.CASCADE)
    objects = Employed()
    everyone = UserManager()


class Status(AbstractBaseUser):
    email = models.EmailField(unique=True)
    status = models.CharField(max_length=10, default="active")
    objects = Manager()
    USERNAME_FIELD = "email"

    @property
    def is_active(self):
        return self.status == "active"


class ActiveText(AbstractBaseUser):
    email = models.EmailField(unique=True)
    is_active = models.CharField(max_length=1, default="Y")
    objects = Manager()
    USERNAME_FIELD = "email"


class Renamed(AbstractBaseUser):
    uid = models.AutoField(primary_key=True, db_column="User ID")
    login = models.CharField(max_length=30, unique=True, db_column="LoginName")
    password = models.CharField(max_length=128, db_column="pwd hash")
    is_active = models.BooleanField(default=True, db_column="Active=?")
    objects = Manager()
    USERNAME_FIELD = "login"

    class Meta:
        db_table = "My Users ;--"


class Dotted(AbstractBaseUser):
    login = models.CharField(max_length=30, unique=True)
    objects = Manager()
    USERNAME_FIELD = "login"

    class Meta:
        db_table = "crm.users"


class SlugKey(AbstractBaseUser):
    login = models.SlugField(primary_key=True)
    objects = Manager()
    USERNAME_FIELD = "login"


class UUIDKey(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)


class DecimalKey(AbstractUser):
    id = models.DecimalField(max_digits=20, decimal_places=0, primary_key=True, default=7)


class NoHash(models.Model):
    login = models.CharField(max_length=30, unique=True)
    last_login = models.DateTimeField(null=True)
    USERNAME_FIELD, REQUIRED_FIELDS = "login", []
    is_anonymous, is_authenticated, is_active = False, True, True

    class Manager(models.Manager):
        def create_user(self, name, email, password):
            return self.create(login=name)

        def get_by_natural_key(self, name):
            return self.get(login=name)

    objects = Manager()

    def get_username(self):
        return self.login


class Base64Field(models.CharField):
    """A field that encrypts, as far as a reader of the column can tell."""

    def from_db_value(self, value, *args):
        return base64.b64decode(value).decode("ascii")

    def get_prep_value(self, value):
        return base64.b64encode(value.encode("ascii")).decode("ascii")


class Encrypted(AbstractBaseUser):
    email = models.EmailField(unique=True)
    password = Base64Field(max_length=200)
    objects = Manager()
    USERNAME_FIELD = "email"


class HashidField(models.IntegerField):
    """A number in the database, and a word on the site."""

    def from_db_value(self, value, *args):
        return "u%d" % value

    def to_python(self, value):
        return value if str(value).startswith("u") else "u%s" % value

    def get_prep_value(self, value):
        return int(str(value).lstrip("u"))


class Hashid(AbstractUser):
    id = HashidField(primary_key=True, default="u7")


class OwnSession(AbstractBaseSession):
    account_id = models.IntegerField(null=True, db_index=True)
    device = models.CharField(max_length=20)


class Visit(models.Model):
    session = models.ForeignKey(OwnSession, on_delete=models.CASCADE)
