"""hkcnews.com (眾新聞, Citizen News), 2016-12-30 to 2022-01-03."""
