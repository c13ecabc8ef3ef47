"""What a browser does on the Django site, which is testdata/site's: who at /, the admin at /admin/."""
import json

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client

User = get_user_model()


def browser(key=None, **more):
    client = Client(**more)
    if key:
        client.cookies["sessionid"] = key
    return client


def key_of(client):
    return client.cookies["sessionid"].value if "sessionid" in client.cookies else ""


def state_of(client):
    """Who it is, and under which key from now on; whether the admin lets them in."""
    who = json.loads(client.get("/").content.decode("utf-8"))
    return {"user": who["user"], "names": who["names"], "key": key_of(client), "admin": client.get("/admin/").status_code == 200}


def log_in(client, username, password):
    response = client.post("/admin/login/", {"username": username, "password": password, "next": "/"})
    assert response.status_code == 302, "a form is not accepted"
    return state_of(client)


def log_out(client):
    assert client.post("/admin/logout/").status_code in (200, 302)
    return state_of(client)


def change_password(client, old, new):
    response = client.post("/admin/password_change/", {"old_password": old, "new_password1": new, "new_password2": new})
    assert response.status_code == 302, "a form is not accepted"
    return state_of(client)


def create_users():
    """alice is a superuser, bob is staff with a permission of his own and two of a group, carol is nothing."""
    more = {"email": "x@example.com"} if User.USERNAME_FIELD == "username" else {}
    for name in ("alice", "bob", "carol"):
        User.objects.create_user(name, password=name + "'s", is_staff=name != "carol", is_superuser=name == "alice", **more)
    bob = User.objects.get_by_natural_key("bob")
    bob.user_permissions.add(Permission.objects.get(codename="view_session" if Permission.objects.filter(codename="view_session") else "add_session"))
    group = Group.objects.create(name="editors")
    group.permissions.set(Permission.objects.filter(codename__in=["change_group", "delete_group"]))
    bob.groups.add(group)


def describe(name, micros):
    user = User.objects.get_by_natural_key(name)
    return {"id": user._meta.pk.value_to_string(user), "password": user.password, "hash": user.get_session_auth_hash(),
            "last_login": user.last_login and micros(user.last_login), "permissions": sorted(user.get_all_permissions())}
