"""Beaks: the shape that finds and proves a popug, how it is hatched, and the pictures drawn of it. Knows no person."""

from auth_service.beaks.drawing import describe, draw
from auth_service.beaks.hatching import hatch, random_plumage
from auth_service.beaks.portrait import portrait
from auth_service.beaks.shape import BeakShape, MalformedBeakShape

__all__ = ["BeakShape", "MalformedBeakShape", "describe", "draw", "hatch", "portrait", "random_plumage"]
