"""
What papermill finds below its entry point, while it is itself being imported.

The engine is built on classes of papermill that are not all there at that moment; it is loaded when
a notebook is run with it.
"""

from __future__ import annotations

from typing import Any

__all__ = ["LazyEngine"]


class _Later(type):
    """What a class has is looked up in the engine."""

    def __getattr__(cls, name: str) -> Any:
        from edu_metrics.batch.inprocess import InProcessEngine

        return getattr(InProcessEngine, name)


class LazyEngine(metaclass=_Later):
    """Stand for the engine until something is asked of it."""
