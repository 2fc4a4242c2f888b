"""The words of the interface, in the two languages of the newspaper. An article's page speaks its language."""

from __future__ import annotations

import re

from scraper.models import State

LANGUAGES = CHINESE, ENGLISH = "zh-HK", "en"
NAME = "眾新聞"
NAME_IN_ENGLISH = "Citizen News"

_CHINESE_LETTER = re.compile("[\u3400-\u9fff]")
_WORDS: dict[str, tuple[str, str]] = {
    "site": ("眾新聞 Citizen News", "Citizen News 眾新聞"),
    "skip": ("跳到內容", "Skip to content"),
    "menu": ("欄目", "Sections"),
    "front": ("首頁", "Front page"),
    "calendar": ("日曆", "Calendar"),
    "categories": ("分類", "Categories"),
    "authors": ("作者", "Authors"),
    "tags": ("標籤", "Tags"),
    "lost": ("失落的文章", "Lost articles"),
    "about": ("關於", "About"),
    "search": ("搜尋", "Search"),
    "search_all": ("搜尋全部文章", "Search all articles"),
    "by": ("撰文", "By"),
    "published": ("發佈日期", "Published"),
    "updated": ("最後更新", "Updated"),
    "undated": ("日期不詳", "Undated"),
    "picture_elsewhere": ("圖片未有保存，可到網頁典藏庫查看", "Picture not kept here; the archive may have it"),
    "picture_lost": ("圖片未有保存", "Picture not kept"),
    "video": ("影片或嵌入內容（典藏版本）：", "Video or embedded page, as archived:"),
    "video_lost": ("影片或嵌入內容未有保存", "Video or embedded page, not kept"),
    "table": ("表格", "Table"),
    "of_day": ("同日文章", "Of the same day"),
    "of_author": ("同作者文章", "By the same author"),
    "newer": ("較新", "Newer"),
    "older": ("較舊", "Older"),
    "provenance": ("出處與核對", "Where this text comes from"),
    "captured": ("典藏時間", "Captured"),
    "capture": ("典藏版本", "Archived page"),
    "capture_link": ("在 Wayback Machine 查看", "See it in the Wayback Machine"),
    "original": ("原來網址", "Original address"),
    "digest": ("內容摘要（SHA-1）", "Digest (SHA-1)"),
    "match": ("與典藏目錄相符", "matches the archive's index"),
    "mismatch": ("與典藏目錄不符", "does not match the archive's index"),
    "unverifiable": ("無從核對", "could not be checked"),
    "state": ("狀態", "State"),
    "evidence": ("依據", "Evidence"),
    "tried": ("查看過的典藏版本", "Captures that were looked at"),
    "known_from": ("見於列表", "Named by a list"),
    "versions": ("內容不同的版本", "Differing versions"),
    "versions_note": ("個不同的文本見於讀過的典藏版本", "differing texts in the captures that were read"),
    "shown_here": ("本頁所載", "shown here"),
    "file": ("檔案", "File"),
    "damaged": (
        "這篇文章的檔案與紀錄不符，未能顯示",
        "The file of this article is not as recorded, so it is not shown",
    ),
    "page": ("頁", "page"),
    "previous": ("上一頁", "Previous"),
    "next": ("下一頁", "Next"),
    "articles": ("篇", "articles"),
    "year": ("年", ""),
    "all_years": ("所有年份", "All years"),
    "all_categories": ("所有分類", "All categories"),
    "any_author": ("作者姓名", "Author's name"),
}
_STATES = {
    State.WRITTEN: ("已修復", "recovered"),
    State.WAITING: ("待處理", "waiting"),
    State.UNKNOWN_LAYOUT: ("版面未能解讀", "its page cannot be read yet"),
    State.UNRECOVERABLE: ("無法修復", "unrecoverable"),
    State.NEVER_CAPTURED: ("從未典藏", "never captured"),
}
_VERDICTS = {
    "article": ("文章", "the article"),
    "farewell": ("告別頁", "the closed site's farewell page"),
    "empty": ("空白頁", "an empty page"),
    "soft_404": ("找不到頁面", "a page saying that there is none"),
    "listing": ("列表頁", "a list"),
    "challenge": ("驗證頁", "a page asking for proof of being human"),
    "login": ("登入頁", "a login page"),
    "truncated": ("殘缺", "cut short"),
    "foreign": ("其他網站", "another site's page"),
    "redirect_elsewhere": ("轉往別處", "a redirect elsewhere"),
    "archived_error": ("錯誤頁", "an archived error"),
    "unknown_layout": ("版面未能解讀", "a page that cannot be read yet"),
    "excluded": ("典藏庫不公開", "excluded by the archive"),
    "not_archived": ("典藏庫沒有", "not in the archive"),
    "interstitial": ("中轉頁", "an interstitial"),
    "outage": ("典藏庫故障", "an outage of the archive"),
    "refused": ("典藏庫拒絕", "refused by the archive"),
    "wrong_answer": ("答非所問", "a wrong answer"),
}


LABELS, STATES, VERDICTS = (
    {language: {str(name): both[which] for name, both in words.items()} for which, language in enumerate(LANGUAGES)}
    for words in (_WORDS, _STATES, _VERDICTS)
)
"""Language to name to word."""


def language_of(text: str) -> str:
    """Return the language of a text: Chinese if one letter in ten is."""
    letters = sum(map(str.isalpha, text))
    chinese = len(_CHINESE_LETTER.findall(text))
    return CHINESE if chinese * 10 >= letters else ENGLISH
