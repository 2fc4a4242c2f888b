CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, date TEXT NOT NULL, last_updated TEXT, author TEXT NOT NULL,
    category TEXT NOT NULL, tags TEXT NOT NULL, url TEXT NOT NULL, original_url TEXT NOT NULL, box_label TEXT,
    box_author TEXT, box_avatar TEXT, box_bio TEXT, markdown TEXT NOT NULL, text TEXT NOT NULL, images TEXT NOT NULL,
    timestamp TEXT NOT NULL, original TEXT NOT NULL, urlkey TEXT NOT NULL, digest TEXT NOT NULL,
    digest_check TEXT NOT NULL, layout TEXT, file TEXT NOT NULL, file_sha256 TEXT NOT NULL, page_sha256 TEXT NOT NULL,
    provenance TEXT NOT NULL
)
CREATE INDEX articles_by_date ON articles (date)
CREATE VIRTUAL TABLE long_words USING fts5(
    title, author, category, tags, text, content="articles", content_rowid="id", tokenize='trigram'
)
CREATE TABLE lost (
    id INTEGER PRIMARY KEY, state TEXT NOT NULL, title TEXT NOT NULL, category TEXT NOT NULL, author TEXT NOT NULL,
    date TEXT NOT NULL, timestamp TEXT NOT NULL, original TEXT NOT NULL, lists INTEGER NOT NULL
)
CREATE VIEW search AS
    SELECT rowid AS id, long_words AS word FROM long_words UNION ALL SELECT rowid, short_words FROM short_words
CREATE VIRTUAL TABLE short_words USING fts5(
    words, content='', detail=none, tokenize="ascii tokenchars ' !#$%&()*+,-./:;<=>?@[\]^_`{|}~''""'"
)
CREATE TABLE tags (
    article INTEGER NOT NULL REFERENCES articles(id), position INTEGER NOT NULL, tag TEXT NOT NULL,
    PRIMARY KEY (article, position)
) WITHOUT ROWID
CREATE INDEX tags_by_tag ON tags (tag)
