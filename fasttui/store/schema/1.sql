-- Version 1. Times are ISO 8601 in UTC, money is a decimal number as text, everything a query need not
-- look into is JSON.

CREATE TABLE conversation (
    id TEXT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    system TEXT NOT NULL,
    tags TEXT NOT NULL,                 -- JSON array
    head_id TEXT,                       -- last turn of the shown path
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,           -- when something was last said
    deleted_at TEXT                     -- set while the deletion can be undone
);
CREATE INDEX conversation_by_update ON conversation (updated_at, id) WHERE deleted_at IS NULL;

CREATE TABLE turn (
    position INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which turns were added
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    parent_id TEXT,
    created_at TEXT NOT NULL,
    status TEXT NOT NULL,
    owner TEXT,                         -- the running program that streams it; see owners.py
    copied_from TEXT,                   -- the turn a fork took it from: its money was spent there
    cost_usd TEXT,
    served_speed TEXT,
    request_id TEXT,
    message_id TEXT,
    served_model TEXT,
    stop_reason TEXT,
    fallback_reason TEXT,
    error TEXT,
    error_hint TEXT,
    options TEXT NOT NULL,              -- JSON object
    usage TEXT NOT NULL,                -- JSON object
    timing TEXT NOT NULL,               -- JSON object
    prompt TEXT NOT NULL,               -- JSON array of blocks
    reply TEXT NOT NULL                 -- JSON array of blocks
);
CREATE INDEX turn_by_conversation ON turn (conversation_id, position, cost_usd);
CREATE INDEX turn_by_parent ON turn (conversation_id, parent_id);
CREATE INDEX turn_by_time ON turn (created_at);
CREATE INDEX turn_streaming ON turn (status) WHERE status = 'streaming';

-- What arrived of the replies that are still streaming, as events; the ended turn holds it whole.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    turn_position INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE,
    events TEXT NOT NULL                -- JSON array; see journal.py
);
CREATE INDEX journal_by_turn ON journal (turn_position);

-- Images and files, once each, however often they were sent.
CREATE TABLE attachment (
    hash TEXT PRIMARY KEY NOT NULL,     -- SHA-256, hex
    data BLOB NOT NULL
);
CREATE TABLE attachment_use (
    turn_position INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE,
    hash TEXT NOT NULL REFERENCES attachment,
    PRIMARY KEY (turn_position, hash)
) WITHOUT ROWID;
CREATE INDEX attachment_use_by_hash ON attachment_use (hash);

CREATE TABLE draft (
    conversation_id TEXT PRIMARY KEY NOT NULL,   -- '' is the chat that has not begun
    text TEXT NOT NULL
);

CREATE TABLE prompt_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL UNIQUE
);

-- What is searched: one row a message, prompt at twice the turn's position and reply right after it,
-- prepared by search.py. Two indexes over it: words are ranked, trigrams find parts of words.
CREATE TABLE said (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);
CREATE VIRTUAL TABLE said_words USING fts5 (
    text, content = 'said', content_rowid = 'id', prefix = '3',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
);
CREATE VIRTUAL TABLE said_trigrams USING fts5 (
    text, content = 'said', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
CREATE TRIGGER said_added AFTER INSERT ON said BEGIN
    INSERT INTO said_words (rowid, text) VALUES (new.id, new.text);
    INSERT INTO said_trigrams (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER said_gone AFTER DELETE ON said BEGIN
    INSERT INTO said_words (said_words, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO said_trigrams (said_trigrams, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER turn_gone AFTER DELETE ON turn BEGIN
    DELETE FROM said WHERE id IN (old.position * 2, old.position * 2 + 1);
END;
