"""The public portrait of a popug."""


def portrait(plumage: str, seed: bytes) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img"><title>{plumage}{len(seed)}</title></svg>'
