"""What the business sells: plans, coupons and a workshop. Amounts are in cents."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Larkfield"
TRIAL_DAYS = 14
WORKSHOP = 75_000


@dataclass(frozen=True)
class Plan:
    """A plan, by the seat where `seats` says from how many to how many."""

    name: str
    monthly: int
    yearly: int
    """What twelve months cost; 0 where it is billed by the month only."""
    seats: tuple[int, int]
    share: float
    """How many of a hundred new customers choose it, in hundredths."""
    churn: float
    """How many subscriptions of a hundred end in a month, in hundredths."""


PLANS = (
    Plan("Starter", 1_900, 0, (1, 1), 0.52, 0.055),
    Plan("Team", 1_200, 12_000, (3, 18), 0.36, 0.03),
    Plan("Business", 2_500, 24_000, (10, 45), 0.12, 0.015),
)


@dataclass(frozen=True)
class Coupon:
    id: str
    name: str
    percent_off: int
    months: int
    """For how long; 0 for ever."""
    share: float
    """How many of a hundred new subscriptions have it, in hundredths."""


COUPONS = (Coupon("WELCOME20", "20% off for three months", 20, 3, 0.14), Coupon("NONPROFIT", "Nonprofits", 30, 0, 0.04))

FIRST_NAMES = (
    *("Amara", "Ben", "Chiara", "Dev", "Elif", "Farah", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Liam"),
    *("Maja", "Noor", "Oskar", "Priya", "Quinn", "Rosa", "Samir", "Tessa", "Umar", "Vera", "Wanda", "Yusuf"),
)
LAST_NAMES = (
    *("Abbott", "Bianchi", "Castro", "Dubois", "Eriksen", "Fischer", "Garcia", "Hansen", "Ito", "Jensen", "Kaya"),
    *("Larsen", "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka", "Weber", "Young"),
)
PLACES = (
    *("Alder", "Bayview", "Canal Street", "Driftwood", "Eastgate", "Foxglove", "Granary", "Harbour", "Ironbridge"),
    *("Juniper", "Kingsway", "Lakeside", "Millbrook", "Northside", "Old Town", "Parkside", "Quayside", "Riverbank"),
    *("Sandpiper", "Threeways", "Upland", "Valley", "Westfield", "Yarrow"),
)
TRADES = (
    *("Bakery", "Bikes", "Books", "Brewing", "Catering", "Clinic", "Coffee", "Dental", "Design", "Fitness", "Florists"),
    *("Kitchens", "Logistics", "Music School", "Opticians", "Pharmacy", "Physio", "Print", "Theatre", "Tiles", "Vets"),
)
