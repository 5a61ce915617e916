"""The Lambda function of the golden `function`."""


def handler(event: dict[str, object], _context: object) -> dict[str, object]:
    return {"doubled": int(str(event["count"])) * 2, "greeting": f"hello {event['name']}"}
