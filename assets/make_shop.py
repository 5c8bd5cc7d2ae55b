#!/usr/bin/env python3
"""Makes shop.csv: the orders of an online shop that never was.

    python3 assets/make_shop.py > assets/shop.csv

The same bytes every time: the seed is fixed, and of random only random() is
used, the one method whose sequence Python promises to keep.
"""

import csv
import datetime
import io
import random
import sys

ROWS = 12_000
SEED = 20_260_115

# city, country, how its zip codes begin, share of the orders
CITIES = [
    ("Dresden", "DE", "01", 9),
    ("Leipzig", "DE", "04", 9),
    ("Berlin", "DE", "10", 22),
    ("Köln", "DE", "50", 12),
    ("München", "DE", "80", 16),
    ("Barcelona", "ES", "08", 12),
    ("Málaga", "ES", "29", 6),
    ("A Coruña", "ES", "15", 4),
    ("Nîmes", "FR", "30", 3),
    ("Bourg-en-Bresse", "FR", "01", 2),
    ("Saint-Étienne", "FR", "42", 3),
    ("Lyon", "FR", "69", 7),
    ("Helsinki", "FI", "00", 5),
    ("Jyväskylä", "FI", "40", 2),
    ("Boston", "US", "02", 8),
    ("Newark", "US", "07", 5),
    ("Łódź", "PL", "90", 4),
    ("Windhoek", "NA", "10", 1),
]

# product, category, list price, share of the orders
PRODUCTS = [
    ("Espresso cups, set of 4", "kitchen", 24.90, 10),
    ("Pour-over kettle 0.8 l", "kitchen", 49.00, 8),
    ("Hand grinder", "kitchen", 74.50, 5),
    ("Cast iron pan 26 cm", "kitchen", 59.95, 7),
    ("Chef's knife 20 cm", "kitchen", 89.00, 4),
    ("Cutting board, oak", "kitchen", 39.90, 7),
    ("Linen apron", "textiles", 32.00, 5),
    ("Wool blanket", "textiles", 119.00, 4),
    ("Cushion cover 50x50", "textiles", 18.50, 9),
    ("Bath towel, organic cotton", "textiles", 27.95, 10),
    ("Rug 140x200", "textiles", 249.00, 2),
    ("Desk lamp", "lighting", 64.90, 6),
    ("Pendant lamp, smoked glass", "lighting", 189.00, 2),
    ("Candle holder", "lighting", 14.95, 8),
    ("LED bulb E27, 2700 K", "lighting", 7.49, 14),
    ("Floor lamp, ash", "lighting", 279.00, 1),
    ("Notebook A5, dotted", "paper", 9.90, 16),
    ("Fountain pen", "paper", 46.00, 4),
    ("Weekly planner", "paper", 15.90, 6),
    ("Wrapping paper, 3 sheets", "paper", 6.50, 9),
    ('Monitor stand 27"', "office", 79.00, 3),
    ("Pencil tray", "office", 12.40, 7),
    ("Office chair", "office", 389.00, 1),
    ("Standing desk 160x80", "office", 649.00, 1),
    ("Watering can 1.5 l", "garden", 22.95, 6),
    ("Herb seeds, 6 kinds", "garden", 11.90, 9),
    ("Terracotta pot 18 cm", "garden", 8.95, 11),
    ("Pruning shears", "garden", 34.50, 4),
    ("Hammock", "garden", 129.00, 2),
    ("Wooden train", "toys", 29.90, 5),
    ("Building blocks, 100 pieces", "toys", 44.90, 4),
    ("Puzzle, 1000 pieces", "toys", 19.95, 7),
    ("Kite", "toys", 26.00, 3),
    ("Gift card", "vouchers", 50.00, 6),
]

DISCOUNTS = [(0.0, 70), (0.05, 12), (0.1, 10), (0.15, 5), (0.25, 3)]
# None: the customer did not say.
RATINGS = [(None, 45), (5, 26), (4, 16), (3, 7), (2, 3), (1, 3)]

OPENINGS = [
    "Great quality",
    "Exactly as pictured",
    "Lovely colour",
    "A gift for my mother",
    "Second order already",
    "Arrived two days late",
    "The box was dented",
    "Not what I expected",
    "Smaller than I thought",
    "Très joli",
    "Sehr schön",
    "Muy bonito",
    "My daughter calls it “the best thing ever”",
]
MIDDLES = [
    ", would buy again",
    ", but the colour is off",
    ", and the delivery was fast",
    ", thank you!",
    "; the manual is missing",
    " – five stars",
    ". Please ring twice",
    ", see photo",
    "",
]
ENDINGS = [
    ".",
    "!",
    ".\nPlease leave it with the neighbours, 3rd floor.",
    '. The label said "fragile", nobody cared.',
    ".\n\nBest wishes,\nMüller & Søn",
    ' (size "M", colour "sand").',
    ".  Order again, same address, before Christmas.",
]
# Comments that a careless reader would take for something else.
ODDITIES = ["none", "-", "n.a.", "0", "👍", "👍👍", "=SUM(A1:A9)", '"ok"', "ok, ok"]


class Dice:
    def __init__(self, seed):
        self._random = random.Random(seed).random

    def below(self, n):
        return int(self._random() * n)

    def chance(self, percent):
        return self._random() * 100 < percent

    def pick(self, items):
        return items[self.below(len(items))]

    def weighted(self, items):
        """An item of a list whose items end in their weight."""
        ball = self._random() * sum(item[-1] for item in items)
        for item in items:
            ball -= item[-1]
            if ball < 0:
                return item
        return items[-1]


def comment(dice, rating):
    if not dice.chance(55 if rating else 12):
        return ""
    if dice.chance(4):
        return dice.pick(ODDITIES)
    return dice.pick(OPENINGS) + dice.pick(MIDDLES) + dice.pick(ENDINGS)


def orders(dice):
    order_id = 1_048_301
    at = datetime.datetime(2025, 1, 1, 6, 12, 41)
    last = datetime.datetime(2025, 12, 22)
    for _ in range(ROWS):
        order_id += 1 + dice.below(3)
        at += datetime.timedelta(seconds=dice.below(5_200))
        city, country, zip_prefix, _share = dice.weighted(CITIES)
        product, category, price, _share = dice.weighted(PRODUCTS)
        quantity = 1 + (dice.below(12) if dice.chance(15) else dice.below(3))
        discount = dice.weighted(DISCOUNTS)[0]
        rating = dice.weighted(RATINGS)[0]
        shipped = at.date() + datetime.timedelta(days=1 + dice.below(5))
        yield {
            "order_id": order_id,
            "customer_id": 10_000 + dice.below(3_900),
            "ordered_at": at.isoformat(),
            "city": city,
            "country": country,
            "zip": zip_prefix + "%03d" % dice.below(240),
            "product": product,
            "category": category,
            "quantity": quantity,
            "price": "%.2f" % (price * quantity * (1 - discount)),
            "discount": discount,
            "rating": "" if rating is None else rating,
            "gift": dice.chance(9),
            "newsletter": "yes" if dice.chance(37) else "no",
            # Vouchers are mailed, not shipped; the last orders are on their way.
            "shipped": "" if category == "vouchers" or at > last else shipped,
            "comment": comment(dice, rating),
        }


def main():
    rows = list(orders(Dice(SEED)))
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    out.flush()


if __name__ == "__main__":
    main()
