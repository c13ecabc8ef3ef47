"""User models that decide by rules of their own who somebody is. AUTH_USER_MODEL names one at a time."""
import hashlib
import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AbstractUser, BaseUserManager, Group, Permission, PermissionsMixin, UserManager
from django.db import models
from django.utils.crypto import salted_hmac


class Users(BaseUserManager):
    def make(self, name, **fields):
        user = self.model(**{self.model.USERNAME_FIELD: name}, **fields)
        user.set_password("pw")
        user.save()
        return user


class Accounts(UserManager, Users):
    pass


class Account(AbstractUser):
    """The parent of a model with a table of its own."""
    objects = Accounts()


class User(Account):
    nick = models.CharField(max_length=10, default="")


class Person(models.Model):
    email = models.EmailField(unique=True)


class Split(Person, AbstractBaseUser, PermissionsMixin):
    """Fields, and the name to log in with, are in two tables."""
    is_active = models.BooleanField(default=True)
    groups = models.ManyToManyField(Group, related_name="split_set", related_query_name="split")
    user_permissions = models.ManyToManyField(Permission, related_name="split_set", related_query_name="split")
    objects = Users()
    USERNAME_FIELD = "email"


class Plain(AbstractBaseUser):
    login = models.CharField(max_length=30, unique=True)
    is_active = models.BooleanField(default=True)
    status = models.CharField(max_length=10, default="active")
    objects = Users()
    USERNAME_FIELD = "login"

    class Meta:
        abstract = True


class Lenient(Plain):
    """Backends let inactive users of this model in, or keep some out."""


class Alive(Users):
    def get_queryset(self):
        return super().get_queryset().filter(deleted_at=None)


class Filtered(Plain):
    deleted_at = models.DateTimeField(null=True)
    objects = Alive()
    everyone = Users()


class Property(AbstractBaseUser):
    login = models.CharField(max_length=30, unique=True)
    status = models.CharField(max_length=10, default="active")
    objects = Users()
    USERNAME_FIELD = "login"

    @property
    def is_active(self):
        return self.status == "active"


class Token(Plain):
    """As pretix has it: another salt, SHA-1, and a column more."""
    token = models.CharField(max_length=32, default="abc")

    def get_session_auth_hash(self):
        return salted_hmac("people.User", self.password + self.token).hexdigest()


class Digest(Plain):
    """A hash that is not salted_hmac."""
    def get_session_auth_hash(self):
        return "v1:" + hashlib.sha512((settings.SECRET_KEY + self.password + self.status).encode()).hexdigest()


class Hashlesses(models.Manager):
    def make(self, name, **fields):
        return self.create(login=name, **fields)

    def get_by_natural_key(self, name):
        return self.get(login=name)


class Hashless(models.Model):
    """A model without get_session_auth_hash, which Django up to 6.0 takes."""
    login = models.CharField(max_length=30, unique=True)
    last_login = models.DateTimeField(null=True)
    objects = Hashlesses()
    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = []
    is_active = is_authenticated = True
    is_anonymous = False

    def get_username(self):
        return self.login


class OneToOne(AbstractBaseUser):
    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE)
    login = models.CharField(max_length=30, unique=True)
    objects = Users()
    USERNAME_FIELD = "login"


class Renamed(AbstractBaseUser):
    uid = models.AutoField(primary_key=True, db_column="User ID")
    login = models.CharField(max_length=30, unique=True, db_column="LoginName")
    password = models.CharField(max_length=128, db_column="pwd hash")
    is_active = models.BooleanField(default=True, db_column="Active=?")
    objects = Users()
    USERNAME_FIELD = "login"

    class Meta:
        db_table = "My Users.crm;--"


class UUID(Plain):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)


class Slug(AbstractBaseUser):
    login = models.SlugField(primary_key=True)
    objects = Users()
    USERNAME_FIELD = "login"


class Big(Plain):
    id = models.PositiveBigIntegerField(primary_key=True, default=2**62)


class Schema(Plain):
    class Meta:
        db_table = 'crm"."users'
        managed = False
