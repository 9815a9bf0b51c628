from centers.services.membership import end_role, grant_role

__all__ = ["end_role", "grant_role"]
