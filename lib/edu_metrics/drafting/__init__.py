"""
A plan's text into a draft of its definitions, for a person to confirm.

Rules of each language (``rules/*.yaml``) find promises by their words; nothing is learned and
nothing is asked from elsewhere. A draft says of every field which rule gave it and whether it is
sure, and lists every number that it didn't take, with why.
"""

from edu_metrics.drafting.files import accept_draft, draft_file, offers_of
from edu_metrics.drafting.promises import Draft, Offer, Offers, Promise, draft
from edu_metrics.drafting.reading import read_document
from edu_metrics.drafting.review import decide, decide_by_id, review_draft, routes
