"""What it looks like: each plot takes an Axes and plain numbers, and returns the Axes."""

from edu_metrics.errors import require_extra

require_extra("reports", "matplotlib")
