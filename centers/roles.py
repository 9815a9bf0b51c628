"""Which permissions a role is (design: the table of who may what). Code asks for permissions, never for roles."""

from centers.models import Role

_OWN_PEOPLE = {"view_clients", "work_clients"}
_COUNSELLING = {"view_sessions", "work_sessions", "view_activities", "work_activities"}

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    Role.COUNSELLOR: frozenset(
        _OWN_PEOPLE
        | _COUNSELLING
        | {"view_visa_cases", "work_visa_cases", "view_vouchers", "work_vouchers", "view_figures"}
    ),
    Role.MANAGER: frozenset(
        _OWN_PEOPLE
        | _COUNSELLING
        | {"view_visa_cases", "work_visa_cases", "view_vouchers", "work_vouchers", "view_figures", "import_workbooks"}
        | {"accept_activities", "view_access_log"}
    ),
    Role.CITY_OFFICER: frozenset(
        _OWN_PEOPLE
        | {"view_visa_cases", "work_visa_cases", "review_visa_cases", "view_vouchers", "work_vouchers"}
        | {"approve_vouchers", "view_activities", "accept_activities", "view_figures"}
    ),
    Role.SHELTER_OPERATOR: frozenset(
        _OWN_PEOPLE | {"view_stays", "work_stays", "view_activities", "work_activities", "view_figures"}
    ),
    Role.UNIVERSITY_COORDINATOR: frozenset(_OWN_PEOPLE | {"view_visa_cases", "work_visa_cases", "view_figures"}),
    Role.PROVINCE_STAFF: frozenset(
        {"view_clients", "view_visa_cases", "review_visa_cases", "view_vouchers", "view_activities", "work_activities"}
        | {"accept_activities", "view_figures", "enter_figures"}
    ),
    Role.PRIVACY_OFFICER: frozenset({"view_access_log"}),
    Role.SYSTEM_ADMIN: frozenset({"grant_roles"}),
}

# Held on the province office, these reach every workspace. All others stay where they are held:
# the province reads visa cases and figures, and never a counselling note.
PROVINCE_WIDE = frozenset(
    {
        "view_visa_cases",
        "review_visa_cases",
        "view_vouchers",
        "view_figures",
        "enter_figures",
        "view_access_log",
        "grant_roles",
    }
)

# What may be read and written of people at all. A command that acts for workspaces gets these.
DATA_PERMISSIONS = frozenset().union(*ROLE_PERMISSIONS.values()) - {"grant_roles", "view_access_log"}
