"""Documents that somebody else made: which are sound, which have which defect, what to recover again."""

from scraper.audit.defects import Defect, Weight, meaning_of, weight_of
from scraper.audit.folder import Audited, Summary, audit_folder, ranges_of

__all__ = ["Audited", "Defect", "Summary", "Weight", "audit_folder", "meaning_of", "ranges_of", "weight_of"]
