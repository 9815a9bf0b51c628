from centers.models.export import Export, ExportFormat, ExportProblem, ExportState
from centers.models.membership import Membership, Role
from centers.models.municipality import Municipality
from centers.models.programme import ProgrammeYear, SupportProgramme
from centers.models.separation import Separation
from centers.models.shelter import Bed, Room, SexRule, Shelter
from centers.models.university import Degree, Major, Standing, UniversityPeriod
from centers.models.workspace import Workspace, WorkspaceGrant, WorkspaceKind

__all__ = [
    "Bed", "Degree", "Export", "ExportFormat", "ExportProblem", "ExportState", "Major", "Membership", "Municipality",
    "ProgrammeYear", "Role", "Room", "Separation", "SexRule", "Shelter", "Standing", "SupportProgramme",
    "UniversityPeriod", "Workspace", "WorkspaceGrant", "WorkspaceKind",
]  # fmt: skip
