"""Named events of a contact, as a centre defines them: a complaint, a threat, a promise."""

from quality.categories.definition import Category, CategorySet
from quality.categories.matching import CategoryMatcher, alerts_of, match_categories
from quality.categories.reading import SHIPPED_CATEGORIES, load_categories
from quality.categories.results import CategoryMatch, CategoryReport

__all__ = [
    "SHIPPED_CATEGORIES",
    "Category",
    "CategoryMatch",
    "CategoryMatcher",
    "CategoryReport",
    "CategorySet",
    "alerts_of",
    "load_categories",
    "match_categories",
]
