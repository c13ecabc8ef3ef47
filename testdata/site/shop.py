"""The Django side of the shop in djsession/examples/sharedlogin: it sells cups, and keeps the cart that the Go side keeps too."""
from decimal import Decimal

from django.contrib import messages
from django.shortcuts import redirect, render

SHELF = [
    {"sku": "cup-7", "name": "Cup No. 7", "price": "12.00"},
    {"sku": "cup-9", "name": "Cup No. 9", "price": "14.50"},
    {"sku": "pot-2", "name": "Pot for two", "price": "38.00"},
]


def shop(request):
    cart = request.session.get("cart", [])
    if request.method == "POST":
        request.session["cart"] = changed(cart, request.POST.get("add"), request.POST.get("remove"))
        for sold in SHELF:
            if sold["sku"] == request.POST.get("add"):
                messages.success(request, sold["name"] + " is in the cart.")
        return redirect(request.path)
    total = sum(Decimal(item["price"]) * item["quantity"] for item in cart)
    return render(request, "shop.html", {"shelf": SHELF, "cart": cart, "total": total})


def changed(cart, add, remove):
    cart = [item for item in cart if item["sku"] != remove]
    for sold in SHELF:
        if sold["sku"] == add:
            there = [item for item in cart if item["sku"] == add]
            if not there:
                there = [dict(sold, quantity=0)]
                cart += there
            there[0]["quantity"] += 1
    return cart
