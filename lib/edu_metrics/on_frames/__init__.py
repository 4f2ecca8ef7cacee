"""
DataFrame in, DataFrame out: what a researcher asks, without YAML and without a project folder.

Each function is a thin wrapper: the table is checked (:mod:`edu_metrics.frames`), the answer is
that of the library and so of the reports and the command line, and comes as a tidy frame. Those of
:mod:`~edu_metrics.on_frames.studies` ask the study of a project folder.

The names are public as those of ``edu_metrics``.
"""
