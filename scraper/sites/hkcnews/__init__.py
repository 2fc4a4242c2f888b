"""hkcnews.com (眾新聞, Citizen News), 2016-12-30 to 2022-01-03."""

from scraper.sites.hkcnews.site import HkcNews

HKCNEWS = HkcNews()

__all__ = ["HKCNEWS"]
