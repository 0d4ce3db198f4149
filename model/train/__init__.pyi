from .recipe import RECIPES, REPORT_TO, Recipe, TrainSettings
from .training import train

__all__ = [
    "RECIPES",
    "REPORT_TO",
    "Recipe",
    "TrainSettings",
    "train",
]
