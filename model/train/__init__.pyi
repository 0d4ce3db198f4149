from .recipe import RECIPES, REPORT_TO, Recipe, TeachSettings, TrainSettings
from .teaching import teach
from .training import train

__all__ = [
    "RECIPES",
    "REPORT_TO",
    "Recipe",
    "TeachSettings",
    "TrainSettings",
    "teach",
    "train",
]
