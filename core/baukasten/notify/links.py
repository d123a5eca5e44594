"""Links of the room, and the one that ends mails without signing in."""

from itsdangerous import BadSignature, URLSafeSerializer

from baukasten.errors import NotFound

LIST = "/konto/hinweise"
PREFERENCES = f"{LIST}/mails"
LEAVE = f"{LIST}/abbestellen"
PURPOSE = "notify.leave"


def leave_path(secret: str, tenant_id: int, member_id: int, type_key: str, group: str = "") -> str:
    """Give the path that ends a member's mails of a type, or what one group's notices tell about.

    It holds for this town and this purpose alone.
    """
    return f"{LEAVE}/{_signer(secret).dumps([tenant_id, member_id, type_key, group])}"


def read_token(secret: str, tenant_id: int, token: str) -> tuple[int, str, str]:
    """Give member, type and group of a path's last part; raises NotFound for one that this town did not sign.

    The group is empty in a path that ends all mails of the type, also where letters from before knew no groups.
    """
    try:
        signed_for, member_id, type_key, *group = _signer(secret).loads(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound from error
    if signed_for != tenant_id:
        raise NotFound
    return int(member_id), str(type_key), str(group[0]) if group else ""


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=PURPOSE)
