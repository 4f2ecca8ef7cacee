"""What it looks like: plots on an Axes, and charts as inline SVG; each of plain numbers."""

from edu_metrics.errors import require_extra

require_extra("reports", "matplotlib")
