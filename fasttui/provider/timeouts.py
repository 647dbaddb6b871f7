"""How long the network may take."""

# Per read of the socket. The API pings at least every 30 s, even while it thinks out of sight.
READ_TIMEOUT_S = 90.0

CONNECT_TIMEOUT_S = 10.0

# Between two messages of a chat the connection stays open: a new one costs a TCP and a TLS handshake.
KEEP_ALIVE_S = 120.0

# For what only informs: token counts, the list of models.
QUESTION_TIMEOUT_S = 10.0

# Between the end of a reply and the end of its response; then the connection is given up.
LAST_BYTES_S = 0.25
