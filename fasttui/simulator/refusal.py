"""A request the API refuses, in the shape it refuses it in."""

from collections.abc import Mapping

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


class Refused(Exception):
    """Answered with an HTTP error. `error_code` tells kinds of one status apart, where the API does."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        error_code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})
        self.error_code = error_code

    def body(self, request_id: str) -> dict[str, object]:
        """The JSON the API answers with."""
        details = {"error_code": self.error_code} if self.error_code else None
        return error_body(ERROR_TYPES[self.status], self.message, request_id, details)


def error_body(
    type_: str, message: str, request_id: str, details: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The error object of a refused request and of an `error` event."""
    error = {"details": details, "type": type_, "message": message}
    return {"type": "error", "error": error, "request_id": request_id}
