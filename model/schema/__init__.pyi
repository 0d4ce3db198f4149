from .files import load_schema
from .types import EntitySchema, EntityType

__all__ = [
    "EntitySchema",
    "EntityType",
    "load_schema",
]
